import { leakFree, selectBackend, testBackends } from '@tenon/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import type { TextExample } from '../examples.ts';
import { tinyBert as tokenizer } from './__fixtures__/tiny-bert.ts';
import { type BertTextBatch, type BertTextOptions, bertTextProcessor } from './bert-text.ts';

const make = (options: Partial<BertTextOptions> = {}) =>
  bertTextProcessor({ tokenizer, labels: ['no', 'yes'], maxLength: 8, padToMultipleOf: 1, ...options });

/** The batch of some examples as plain lists. */
function batchOf(examples: readonly TextExample[], options: Partial<BertTextOptions> = {}) {
  const processor = make(options);
  const batch = processor.collate(examples.flatMap((example) => processor.features(example)));
  return lists(batch);
}

function lists(batch: BertTextBatch) {
  return Object.fromEntries(
    Object.entries(batch).map(([name, tensor]) => {
      const read = { dtype: tensor.dtype, values: tensor.arraySync() };
      tensor.dispose();
      return [name, read];
    }),
  );
}

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('a text and a pair, filled up on the right', () =>
    leakFree(() => {
      const examples: TextExample[] = [
        { text: 'a b', textPair: 'c', label: 'yes' },
        { text: 'x', label: 'no' },
      ];
      expect(batchOf(examples)).toEqual({
        inputIds: {
          dtype: 'int32',
          values: [
            [2, 5, 6, 3, 7, 3],
            [2, 11, 3, 0, 0, 0],
          ],
        },
        attentionMask: {
          dtype: 'int32',
          values: [
            [1, 1, 1, 1, 1, 1],
            [1, 1, 1, 0, 0, 0],
          ],
        },
        tokenTypeIds: {
          dtype: 'int32',
          values: [
            [0, 0, 0, 0, 1, 1],
            [0, 0, 0, 0, 0, 0],
          ],
        },
        labels: { dtype: 'int32', values: [1, 0] },
      }); // prettier-ignore
    }));

  test('labels of several classes at once, and numbers', () => {
    const several = { problemType: 'multiLabelClassification', labels: ['p', 'q', 'r'] } as const;
    expect(
      batchOf(
        [
          { text: 'a', label: ['r', 'p'] },
          { text: 'b', label: [] },
        ],
        several,
      )['labels'],
    ).toEqual({
      dtype: 'float32',
      values: [
        [1, 0, 1],
        [0, 0, 0],
      ],
    });
    const processor = bertTextProcessor({ tokenizer, maxLength: 8 });
    const features = [2.5, -1].flatMap((label) => processor.features({ text: 'a', label }));
    expect(lists(processor.collate(features))['labels']).toEqual({ dtype: 'float32', values: [2.5, -1] });
  });
});

describe('shapes', () => {
  beforeAll(() => selectBackend('cpu'));
  const shape = (text: string, options: Partial<BertTextOptions>) => {
    const { values } = batchOf([{ text }], options)['inputIds']!;
    return (values as number[][])[0]!.length;
  };

  test('are multiples of 8, but never longer than a row may be', () => {
    expect(shape('a b', { padToMultipleOf: 8, maxLength: 50 })).toBe(8);
    expect(shape('a b c d e f x', { padToMultipleOf: 8, maxLength: 50 })).toBe(16);
    expect(shape('a b c d e f x', { padToMultipleOf: 8, maxLength: 12 })).toBe(12);
  });
});

describe('examples without labels', () => {
  beforeAll(() => selectBackend('cpu'));

  test('are not to be learnt', () => {
    expect(batchOf([{ text: 'a' }])['labels']!.values).toEqual([-100]);
    const several = { problemType: 'multiLabelClassification' } as const;
    expect(batchOf([{ text: 'a' }], several)['labels']!.values).toEqual([[-100, -100]]);
    const processor = bertTextProcessor({ tokenizer, maxLength: 8 });
    expect(lists(processor.collate(processor.features({ text: 'a' })))['labels']!.values).toEqual([
      Number.NaN,
    ]);
  });

  test('do not go together with others', () => {
    expect(() =>
      batchOf([
        { text: 'a', label: 'no' },
        { text: 'b', origin: { file: 'b.tsv', line: 3 } },
      ]),
    ).toThrow(
      'b.tsv, line 3, label: expected a label, as other examples of the batch have, got none. Label the example, or leave it out.',
    );
  });
});

describe('what is too long', () => {
  const tokens = (example: TextExample, maxLength: number) => {
    const processor = make({ maxLength });
    const [feature] = processor.features(example);
    return [[...feature!.inputIds], [...feature!.tokenTypeIds]];
  };

  test.each<[string, string, number[], number[]]>([
    ['a b c d', 'e', [2, 5, 6, 7, 3, 9, 3], [0, 0, 0, 0, 0, 1, 1]],
    ['a', 'b c d e', [2, 5, 3, 6, 7, 8, 3], [0, 0, 0, 1, 1, 1, 1]],
    ['a b c', 'd e f', [2, 5, 6, 3, 8, 9, 3], [0, 0, 0, 0, 1, 1, 1]],
  ])('loses the end of the longer text: %j and %j', (text, textPair, ids, types) => {
    expect(tokens({ text, textPair }, 7)).toEqual([ids, types]);
  });

  test('of equal texts the first keeps one more', () => {
    expect(tokens({ text: 'a b c', textPair: 'd e f' }, 8)[0]).toEqual([2, 5, 6, 7, 3, 8, 9, 3]);
  });

  test('is counted, an example once', () => {
    const processor = make({ maxLength: 5 });
    const examples: TextExample[] = [
      { text: 'a b c', label: 'no' },
      { text: 'a b c d e', label: 'no', origin: { file: 'long.tsv', line: 2 } },
      { text: 'a b c d', label: 'no' },
    ];
    expect(processor.truncated.summary()).toBe('');
    for (const example of [...examples, ...examples]) processor.features(example);
    expect([processor.truncated.examples, processor.truncated.lost]).toEqual([2, 3]);
    expect(processor.truncated.summary()).toBe('2 examples lost 3 tokens (first: long.tsv, line 2)');
  });
});

test.each<[TextExample, Partial<BertTextOptions>, string]>([
  [
    { text: ' ' },
    {},
    'text: expected a text with at least one token, got " ". Write the text, or leave the example out.',
  ],
  [
    { text: 'a', textPair: '', origin: { file: 'p.tsv', line: 4 } },
    {},
    'p.tsv, line 4, textPair: expected a text with',
  ],
  [
    { text: 'a', label: 'maybe', origin: { file: 'p.tsv', line: 5 } },
    {},
    'p.tsv, line 5: expected one of the 2 labels no, yes, got "maybe". Correct the label, or add it',
  ],
  [{ text: 'a', label: ['yes'] }, {}, 'label: expected one class, got ["yes"]. Pass { problemType:'],
  [
    { text: 'a', label: 'yes' },
    { problemType: 'multiLabelClassification' },
    'label: expected a list of classes, got "yes".',
  ],
  [{ text: 'a b' }, { maxLength: 2 }, 'maxLength: expected a whole number of at least 3, got 2.'],
])('%j with %j', (example, options, message) => {
  expect(() => make(options).features(example)).toThrow(message);
});

test('a regression wants numbers, and no classes', () => {
  const processor = bertTextProcessor({ tokenizer, maxLength: 8 });
  expect(() => processor.features({ text: 'a', label: 'good' })).toThrow(
    'label: expected a finite number, got "good". Correct it, or pass labels for a classification.',
  );
  expect(() => make({ problemType: 'regression' })).toThrow(
    'labels: expected none for a regression, got ["no","yes"]. Leave labels out, or the problemType.',
  );
  expect(() => make({ labels: ['no', 'no'] })).toThrow(
    'labels: expected every name once, got "no" twice. Pass each class once.',
  );
});

test('a class that a file has as a number is known by its digits', () => {
  const [feature] = make({ labels: ['0', '1'] }).features({ text: 'a', label: 1 });
  expect(feature?.label).toBe(1);
});
