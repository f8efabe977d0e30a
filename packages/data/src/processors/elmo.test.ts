import { leakFree, selectBackend, testBackends } from '@tenon/testing';
import { elmoCharacterBatch } from '@tenon/tokenizers';
import { dispose } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type ELMoTagOptions, elmoTagProcessor } from './elmo-tags.ts';
import { type ELMoTextOptions, elmoTextProcessor } from './elmo-text.ts';
import { wordTags } from './token-tags.ts';

const tags = ['O', 'B-dest'];
const tagging = (options: Partial<ELMoTagOptions> = {}) => elmoTagProcessor({ tags, ...options });
const texts = (options: ELMoTextOptions = { labels: ['no', 'yes'] }) => elmoTextProcessor(options);

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('words are what the tokenizer for ELMo makes of them, each with its tag', () =>
    leakFree(() => {
      const sentences = [['go', 'to', 'Taipei'], ['bye']];
      const processor = tagging({ maxCharacters: 9, padToMultipleOf: 1 });
      const { characterIds, attentionMask, labels } = processor.collate([
        ...processor.features({ words: sentences[0]!, tags: ['O', 'O', 'B-dest'] }),
        ...processor.features({ words: sentences[1]!, tags: ['O'] }),
      ]);
      const expected = elmoCharacterBatch(sentences, { maxCharacters: 9 });
      expect(characterIds.dtype).toBe('int32');
      expect(characterIds.arraySync()).toEqual(expected.characterIds);
      expect(attentionMask.arraySync()).toEqual(expected.attentionMask);
      expect(labels.arraySync()).toEqual([
        [0, 0, 1],
        [0, -100, -100],
      ]);
      dispose([characterIds, attentionMask, labels]);
    }));

  test('rows are as long as a multiple of eight words, or as the longest that may be', () => {
    const shapeOf = (options: Partial<ELMoTagOptions>): number[] => {
      const processor = tagging(options);
      const { characterIds, ...rest } = processor.collate(
        processor.features({ words: new Array<string>(9).fill('a') }),
      );
      dispose([characterIds, rest.attentionMask, rest.labels]);
      return characterIds.shape;
    };
    expect(shapeOf({})).toEqual([1, 16, 50]);
    expect(shapeOf({ maxLength: 12 })).toEqual([1, 12, 50]);
    expect(shapeOf({ maxLength: 6 })).toEqual([1, 6, 50]);
  });

  test('a text has the label of the whole', () =>
    leakFree(() => {
      const processor = texts();
      const features = [
        { text: 'It’s not bad!', label: 'yes' },
        { text: 'a half-hour', label: 'no' },
      ].flatMap((example) => processor.features(example));
      expect(features.map((feature) => processor.length(feature))).toEqual([4, 2]);
      const { characterIds, attentionMask, labels } = processor.collate(features);
      expect(characterIds.shape).toEqual([2, 8, 50]);
      expect(attentionMask.arraySync()[1]).toEqual([1, 1, 0, 0, 0, 0, 0, 0]);
      expect(labels.arraySync()).toEqual([1, 0]);
      dispose([characterIds, attentionMask, labels]);
    }));
});

test('words that the model does not see are counted, and outside of everything', () => {
  const processor = tagging({ maxLength: 2 });
  const [feature] = processor.features({
    words: ['go', 'to', 'Taipei'],
    tags: ['O', 'O', 'B-dest'],
    origin: { file: 'trips', line: 9 },
  });
  expect([...feature!.labels]).toEqual([0, 0]);
  expect(wordTags(feature!, [0, 1], tags)).toEqual(['O', 'B-dest', 'O']);
  expect(processor.truncated.summary()).toBe('1 example lost 1 word (first: trips, line 9)');
});

test('without tags there is nothing to learn, and a long text is cut', () => {
  expect([...tagging().features({ words: ['go'] })[0]!.labels]).toEqual([-100]);
  const processor = texts({ labels: ['no'], maxLength: 3, words: (text) => [...text] });
  expect(processor.length(processor.features({ text: 'abcde' })[0]!)).toBe(3);
  expect(processor.truncated.lost).toBe(2);
});

test('what cannot be read is said', () => {
  const origin = { file: 't', line: 2 };
  expect(() => tagging({ tags: [] })).toThrow('tags: expected the names of the tags, got none.');
  expect(() => tagging().features({ words: ['a'], tags: [], origin })).toThrow(
    't, line 2, tags: expected one for each of 1 words, got 0.',
  );
  expect(() => texts().features({ text: 'a', textPair: 'b', origin })).toThrow(
    't, line 2, textPair: expected a single text, got a pair. Write both into one text, or take a model for pairs',
  );
  expect(() => texts().features({ text: ' ', origin })).toThrow(
    't, line 2, text: expected a text with at least one token, got " ".',
  );
});
