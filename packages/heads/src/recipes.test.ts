// Heads put to work: each learns a small task by heart.
import { type Objective, RandomStream } from '@tenon/core';
import { bert, bertTiny, gpt, gptBase } from '@tenon/models';
import { adamW, createOptimizer, valueAndGradients } from '@tenon/optim';
import { expectClose, selectBackend, testBackends } from '@tenon/testing';
import { dispose, type Tensor1D, type Tensor2D, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { int32 } from './__fixtures__/tiny-models.ts';
import { QuestionAnswering } from './question-answering.ts';
import { SequenceClassification } from './sequence-classification.ts';

const sizes = { vocabularySize: 16, contextLength: 12, hiddenSize: 16, layers: 1, heads: 2 };
const random = { random: new RandomStream(3) };
const tinyBert = (pooler: boolean) =>
  bert({ ...bertTiny, ...sizes, feedForwardSize: 32, dropout: 0, pooler }, random);

/** Some steps of AdamW on one batch. @returns the last loss. */
function learn<Batch>(model: Objective<Batch>, batch: Batch, steps = 60): number {
  const parameters = model.parameters();
  using optimizer = createOptimizer(adamW({ learningRate: 0.01, weightDecay: 0 }), parameters);
  let last = 0;
  for (let step = 0; step < steps; step++) {
    const { value, gradients } = valueAndGradients(
      () => model.loss(batch, { training: false }).loss,
      parameters,
    );
    optimizer.update(gradients);
    last = value.dataSync()[0]!;
    dispose([value, ...gradients.values()]);
  }
  return last;
}

/** Texts of words 5 to 15 between [CLS] (1) and [SEP] (2), with padding behind. */
const TEXTS = [
  [1, 5, 9, 12, 2],
  [1, 6, 6, 13, 14, 2],
  [1, 15, 7, 2],
  [1, 8, 5, 7, 10, 11, 2],
  [1, 12, 12, 2],
  [1, 10, 9, 8, 6, 2],
];
const T = 8;
const padded = (rows: readonly (readonly number[])[]): Tensor2D =>
  int32(rows.map((row) => Array.from({ length: T }, (_, t) => row[t] ?? 0)));
const texts = (): { inputIds: Tensor2D; attentionMask: Tensor2D } => ({
  inputIds: padded(TEXTS),
  attentionMask: padded(TEXTS.map((row) => row.map(() => 1))),
});

// On the faster backend alone: that all give the same numbers is shown by the heads' contracts.
const backend = testBackends()[0]!;

describe(backend, () => {
  beforeAll(() => selectBackend(backend));

  test.each([
    ['BERT', () => tinyBert(true)],
    [
      'GPT',
      () =>
        gpt({ ...gptBase, ...sizes, embeddingDropout: 0, attentionDropout: 0, residualDropout: 0 }, random),
    ],
  ] as const)('a regression of two numbers with %s', (_, make) => {
    using model = new SequenceClassification(make(), {
      labels: ['stars', 'length'],
      problemType: 'regression',
    });
    const numbers = TEXTS.map((row) => [row.filter((id) => id < 9).length / 2, row.length / 4]);
    const batch = { ...texts(), labels: tensor2d(numbers) };
    expect(learn(model, batch)).toBeLessThan(0.05);
    tidy(() => expectClose('numbers', model.predict(batch).dataSync(), numbers.flat(), { absolute: 0.4 }));
    dispose(batch);
  });

  test('any number of labels to a text', () => {
    using model = new SequenceClassification(tinyBert(true), {
      labels: ['low', 'middle', 'high'],
      problemType: 'multiLabelClassification',
    });
    const some = (row: number[], from: number, to: number): number =>
      row.some((id) => id >= from && id < to) ? 1 : 0;
    const labels = TEXTS.map((row) => [some(row, 5, 8), some(row, 8, 12), some(row, 12, 16)]);
    const batch = { ...texts(), labels: tensor2d(labels) };
    expect(learn(model, batch)).toBeLessThan(0.05);
    expect(tidy(() => model.predict(batch).arraySync())).toEqual(labels);
    dispose(batch);
  });

  test('questions with and without an answer, whose answer is the first token', () => {
    using model = new QuestionAnswering(tinyBert(false));
    // Question of one word, [SEP], text: where is this word, and the one after it?
    const rows = [
      [1, 5, 2, 9, 5, 6, 2],
      [1, 9, 2, 9, 5, 6, 2],
      [1, 7, 2, 9, 5, 6, 2],
      [1, 6, 2, 8, 7, 10, 2],
      [1, 7, 2, 8, 7, 10, 2],
    ];
    const answers = [[4, 5], [3, 4], undefined, undefined, [4, 5]];
    const place = (end: 0 | 1): Tensor1D => int32(answers.map((span) => span?.[end] ?? 0));
    const batch = {
      inputIds: padded(rows),
      attentionMask: padded(rows.map((row) => row.map(() => 1))),
      tokenTypeIds: padded(rows.map((row) => row.map((_, t) => (t > 2 ? 1 : 0)))),
      startPositions: place(0),
      endPositions: place(1),
    };
    expect(learn(model, batch, 120)).toBeLessThan(0.05);
    tidy(() => {
      const answerMask = padded(rows.map((row) => row.map((id, t) => (t > 2 && id !== 2 ? 1 : 0))));
      const { start, end, score, nullScore } = model.predict(batch, { answerMask });
      const found = rows.map((_, b) =>
        nullScore.dataSync()[b]! > score.dataSync()[b]!
          ? undefined
          : [start.dataSync()[b]!, end.dataSync()[b]!],
      );
      expect(found).toEqual(answers);
      // Without the mask "no answer" is a span like others.
      const free = model.predict(batch);
      expect([2, 3].map((b) => [free.start.dataSync()[b], free.end.dataSync()[b]])).toEqual([
        [0, 0],
        [0, 0],
      ]);
      expect(free.score.dataSync()[2]).toBe(free.nullScore.dataSync()[2]);
      expect(() => model.predict(batch, { answerMask: int32([[1]]) })).toThrow(
        'answer mask: expected [5, 8], got [1, 1]. Pass 1 or 0 for each token.',
      );
    });
    dispose(batch);
  });
});
