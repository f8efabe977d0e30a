import { leakFree, selectBackend, testBackends } from '@tenon/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import type { TaggedExample } from '../examples.ts';
import { tinyBert as tokenizer } from './__fixtures__/tiny-bert.ts';
import { type TokenTagOptions, tokenTagProcessor, wordTags } from './token-tags.ts';

const tags = ['O', 'B-dest', 'I-dest'];
const make = (options: Partial<TokenTagOptions> = {}) =>
  tokenTagProcessor({ tokenizer, tags, maxLength: 16, padToMultipleOf: 1, ...options });
const trip: TaggedExample = { words: ['go', 'to', 'xyz', 'Taipei'], tags: ['O', 'O', 'B-dest', 'I-dest'] };

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('a batch has the tag of a word at its first piece', () =>
    leakFree(() => {
      const processor = make();
      const { inputIds, attentionMask, tokenTypeIds, labels } = processor.collate([
        ...processor.features(trip),
        ...processor.features({ words: ['go'], tags: ['O'] }),
      ]);
      expect(inputIds.arraySync()).toEqual([
        [2, 17, 14, 11, 12, 13, 15, 16, 3],
        [2, 17, 3, 0, 0, 0, 0, 0, 0],
      ]);
      expect(labels.dtype).toBe('int32');
      expect(labels.arraySync()).toEqual([
        [-100, 0, 0, 1, -100, -100, 2, -100, -100],
        [-100, 0, -100, -100, -100, -100, -100, -100, -100],
      ]);
      for (const tensor of [inputIds, attentionMask, tokenTypeIds, labels]) tensor.dispose();
    }));

  test('nothing is to be learnt where the examples have no tags', () => {
    const processor = make();
    const { labels, ...batch } = processor.collate(processor.features({ words: ['go'] }));
    expect(labels.arraySync()).toEqual([[-100, -100, -100]]);
    for (const tensor of [labels, ...Object.values(batch)]) tensor.dispose();
  });
});

test('every piece can have the label of its word, those after the first inside of it', () => {
  const [feature] = make({ labelAll: true }).features(trip);
  expect([...feature!.labels]).toEqual([-100, 0, 0, 1, 2, 2, 2, 2, -100]);
});

describe('words that the model does not see', () => {
  test('are counted, and outside of everything', () => {
    const processor = make({ maxLength: 6 });
    const example = { ...trip, origin: { file: 'trips', line: 9 } };
    const [feature] = processor.features(example);
    expect([...feature!.labels]).toEqual([-100, 0, 0, 1, -100, -100]);
    expect([...feature!.firstTokens]).toEqual([1, 2, 3, -1]);
    expect(wordTags(feature!, [2, 0, 0, 1, 2, 2], tags)).toEqual(['O', 'O', 'B-dest', 'O']);
    expect(processor.truncated.summary()).toBe('1 example lost 1 word (first: trips, line 9)');
  });

  test('also where the tokenizer makes nothing of them', () => {
    const processor = make();
    const [feature] = processor.features({ words: ['go', '\u0000', 'to'], tags: ['O', 'O', 'B-dest'] });
    expect([...feature!.labels]).toEqual([-100, 0, 1, -100]);
    expect(wordTags(feature!, [0, 0, 1, 0], tags, '-')).toEqual(['O', '-', 'B-dest']);
    expect(processor.truncated.lost).toBe(1);
  });
});

test.each<[TaggedExample, string]>([
  [{ words: [] }, 'words: expected at least one word, got 0. Correct the example, or leave it out.'],
  [
    { words: ['go'], tags: [], origin: { file: 't', line: 1 } },
    't, line 1, tags: expected one for each of 1 words, got 0.',
  ],
  [
    { words: ['go'], tags: ['B-time'], origin: { file: 't', line: 2 } },
    't, line 2: expected one of the 3 labels O, B-dest, I-dest, got "B-time". Correct the label, or add it',
  ],
])('%j', (example, message) => {
  expect(() => make().features(example)).toThrow(message);
});

test('tags are needed', () => {
  expect(() => make({ tags: [] })).toThrow(
    'tags: expected the names of the tags, got none. Pass them in the order',
  );
});
