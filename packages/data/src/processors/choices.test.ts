import { leakFree, selectBackend, testBackends } from '@tenon/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ChoiceExample } from '../examples.ts';
import { tinyBert as tokenizer } from './__fixtures__/tiny-bert.ts';
import { choiceProcessor } from './choices.ts';

const make = (maxLength = 16) => choiceProcessor({ tokenizer, choices: 2, maxLength, padToMultipleOf: 1 });

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('the rows of a question follow one another', () =>
    leakFree(() => {
      const processor = make();
      const examples: ChoiceExample[] = [
        { text: 'a b', choices: ['c', 'd e'], label: 1 },
        { text: 'x', choices: ['a', 'b'], label: 0 },
      ];
      const { inputIds, attentionMask, tokenTypeIds, labels, choices } = processor.collate(
        examples.flatMap((example) => processor.features(example)),
      );
      expect(inputIds.arraySync()).toEqual([
        [2, 5, 6, 3, 7, 3, 0],
        [2, 5, 6, 3, 8, 9, 3],
        [2, 11, 3, 5, 3, 0, 0],
        [2, 11, 3, 6, 3, 0, 0],
      ]);
      expect(tokenTypeIds.arraySync()[1]).toEqual([0, 0, 0, 0, 1, 1, 1]);
      expect(attentionMask.arraySync()[2]).toEqual([1, 1, 1, 1, 1, 0, 0]);
      expect([choices, labels.dtype, labels.arraySync()]).toEqual([2, 'int32', [1, 0]]);
      for (const tensor of [inputIds, attentionMask, tokenTypeIds, labels]) tensor.dispose();
    }));
});

test('the tokens that all choices lose are counted', () => {
  const processor = make(5);
  const [feature] = processor.features({ text: 'a b', choices: ['c d', 'e'] });
  expect(feature!.rows.map(({ inputIds }) => [...inputIds])).toEqual([
    [2, 5, 3, 7, 3],
    [2, 5, 3, 9, 3],
  ]);
  expect(processor.truncated.summary()).toBe('1 example lost 3 tokens (first: one of unknown origin)');
  expect(processor.length(feature!)).toBe(5);
});

const origin = { file: 'c3.json', id: '7' };
test.each<[ChoiceExample, string]>([
  [
    { text: 'a', choices: ['b'], origin },
    'c3.json, id 7, choices: expected a list of 2, got ["b"]. Give every example as many, or leave this one out.',
  ],
  [
    { text: 'a', choices: ['b', 'c'], label: 2, origin },
    'c3.json, id 7, label: expected the index of a choice, in [0, 2), got 2. Count the choices from 0.',
  ],
  [
    { text: 'a', choices: ['b', ''], origin },
    'c3.json, id 7, choice: expected a text with at least one token, got "".',
  ],
])('%j', (example, message) => {
  expect(() => make().features(example)).toThrow(message);
});

test('one choice is none', () => {
  expect(() => choiceProcessor({ tokenizer, choices: 1, maxLength: 8 })).toThrow(
    'choices: expected a whole number of at least 2, got 1.',
  );
});
