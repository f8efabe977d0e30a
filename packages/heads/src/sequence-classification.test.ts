import { type ProblemType, RandomStream } from '@tenon/core';
import { expectClose, headContract, leakFree, selectBackend, testBackends } from '@tenon/testing';
import { type Tensor, type Tensor1D, tensor, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { int32, KEY_BIAS, text, tinyBert, tinyGPT2, Vectors } from './__fixtures__/tiny-models.ts';
import { SequenceClassification, type SequenceClassificationOptions } from './sequence-classification.ts';

const evaluation = { training: false };
const classes = int32<Tensor1D>;
const make = (options: SequenceClassificationOptions): SequenceClassification =>
  new SequenceClassification(new Vectors(), options);

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  describe.each([
    ['BERT', () => tinyBert(true)],
    ['BERT without a pooler', () => tinyBert(false)],
    ['GPT-2', tinyGPT2],
    ['the least of models', () => new Vectors()],
  ])('contract on %s', (_, backbone) => {
    const contract = headContract({
      make: () => new SequenceClassification(backbone(), { labels: 3 }),
      batch: () => ({ ...text(), labels: classes([2, 0]) }),
      ignored: () => ({ ...text(), labels: classes([-100, -100]) }),
      zeroGradient: new RegExp(KEY_BIAS),
    });
    for (const { name, run } of contract) test(name, run);
  });

  describe.each<[ProblemType, () => Tensor]>([
    [
      'regression',
      () =>
        tensor([
          [0.5, -2, 1],
          [3, 0, 1],
        ]),
    ],
    [
      'multiLabelClassification',
      () =>
        tensor([
          [0, 1, 1],
          [1, 0, 0],
        ]),
    ],
  ])('contract of %s', (problemType, labels) => {
    const contract = headContract({
      make: () => make({ labels: 3, problemType }),
      batch: () => ({ ...text(), labels: labels() }),
    });
    for (const { name, run } of contract) test(name, run);
  });

  const lossAndLogits = (model: SequenceClassification, labels: Tensor): [number, number[][]] =>
    tidy(() => [
      model.loss({ ...text(), labels }, evaluation).loss.dataSync()[0]!,
      model.logits(text()).arraySync(),
    ]);
  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

  test('losses are those of their names, by the labels where nothing is said', () => {
    using three = make({ labels: 3 });
    const [oneOf, scores] = tidy(() => lossAndLogits(three, classes([2, -100])));
    const total = scores[0]!.reduce((sum, score) => sum + Math.exp(score), 0);
    expectClose('cross entropy', [oneOf], [Math.log(total) - scores[0]![2]!]);

    const yes = [
      [1, 0, 1],
      [-100, 0, 1],
    ];
    const [anyOf] = tidy(() => lossAndLogits(three, tensor(yes)));
    const terms = yes.flatMap((row, b) =>
      row.map((label, l) => (label < 0 ? 0 : -Math.log(sigmoid((2 * label - 1) * scores[b]![l]!)))),
    );
    expectClose('binary cross entropy', [anyOf], [terms.reduce((a, b) => a + b) / 5]);

    using one = make({ labels: 1 });
    const [error, numbers] = tidy(() => lossAndLogits(one, tensor([0.25, -1])));
    expectClose('squared error', [error], [((numbers[0]![0]! - 0.25) ** 2 + (numbers[1]![0]! + 1) ** 2) / 2]);
  });

  test('predicts classes, a yes or no to each, and numbers', () => {
    tidy(() => {
      using model = make({ labels: 3 });
      const scores = model.logits(text()).arraySync();
      const best = scores.map((row) => row.indexOf(Math.max(...row)));
      expect(model.predict(text()).arraySync()).toEqual(best);
      const shares = model.probabilities(text()).arraySync();
      for (const row of shares) expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 5);

      using many = make({ labels: 3, problemType: 'multiLabelClassification' });
      const each = many.logits(text()).arraySync();
      expect(many.predict(text()).arraySync()).toEqual(each.map((row) => row.map((x) => (x > 0 ? 1 : 0))));
      expectClose('sigmoid', many.probabilities(text()).dataSync(), each.flat().map(sigmoid));

      using one = make({ labels: ['stars'] });
      expect(one.predict(text()).arraySync()).toEqual(one.logits(text()).arraySync());
    });
  });

  test('pools the first, the last or the mean of the tokens, wherever padding stands', () => {
    const rows = (model: SequenceClassification, numbers: number[]): number[] => {
      const table = model.backbone.parameters().get('rows.weight')!.arraySync() as number[][];
      return table[0]!.map((_, c) => numbers.reduce((sum, n) => sum + table[n]![c]!, 0) / numbers.length);
    };
    const left = () => ({
      inputIds: text().inputIds,
      attentionMask: int32<ReturnType<typeof text>['inputIds']>([
        [0, 0, 1, 1],
        [0, 1, 1, 1],
      ]),
    });
    for (const [pooling, input, tokens] of [
      ['first', text, [[1], [5]]],
      ['last', text, [[4], [6]]],
      ['last', left, [[4], [0]]],
      [
        'mean',
        text,
        [
          [1, 2, 3, 4],
          [5, 6],
        ],
      ],
      [
        'mean',
        left,
        [
          [3, 4],
          [6, 0, 0],
        ],
      ],
      ['last', () => ({ inputIds: text().inputIds }), [[4], [0]]],
      [
        'mean',
        () => ({ inputIds: text().inputIds }),
        [
          [1, 2, 3, 4],
          [5, 6, 0, 0],
        ],
      ],
    ] as const) {
      using model = make({ labels: 2, pooling });
      tidy(() => {
        const pooled = tensor(tokens.map((list) => rows(model, [...list])));
        const expected = model.classifier.forward(pooled).dataSync();
        expectClose(pooling, model.logits(input()).dataSync(), expected, { absolute: 1e-6 });
      });
    }
  });

  test('drops from what the classifier sees', () => {
    using model = make({ labels: 2, dropout: 0.5 });
    tidy(() => {
      const train = (step: number) =>
        model.logits(text(), { training: true, random: new RandomStream(1, step) }).dataSync();
      expect(train(0)).toEqual(train(0));
      expect(train(0)).not.toEqual(train(1));
    });
  });

  test('refuses labels and models that do not fit', async () => {
    using model = make({ labels: ['no', 'yes'] });
    const loss =
      (labels: () => Tensor): (() => void) =>
      () =>
        tidy(() => void model.loss({ ...text(), labels: labels() }, evaluation).loss.dataSync());
    expect(loss(() => classes([0, 2]))).toThrow(
      'labels: expected numbers of classes in [0, 2), or -100 for what does not count, got 2. Check how many labels the head was made with.',
    );
    expect(loss(() => classes([0]))).toThrow(
      'labels: expected [2], got [1]. Pass the number of a class for each sequence.',
    );
    expect(loss(() => tensor([0.5, 1]))).toThrow(
      'labels: expected [2, 2], got [2]. Pass 0 or 1 for each class of each sequence.',
    );
    expect(() => make({ labels: [] })).toThrow(
      "SequenceClassification labels: expected the names of the classes or how many there are, got []. Pass { labels: ['negative', 'positive'] } or { labels: 2 }.",
    );
    using pooled = make({ labels: 2, pooling: 'pooled' });
    expect(() => tidy(() => void pooled.logits(text()))).toThrow(
      "pooling: expected a model that gives 'pooled', got Vectors without. Take a config with a pooler, or { pooling: 'first' }, 'last' or 'mean'.",
    );
    await leakFree(loss(() => classes([0, 1])));
  });
});
