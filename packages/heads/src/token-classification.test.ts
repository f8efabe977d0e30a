import { expectClose, headContract, selectBackend, testBackends } from '@tenon/testing';
import { type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { int32, KEY_BIAS, text, tinyBert, tinyGPT2, Vectors } from './__fixtures__/tiny-models.ts';
import { TokenClassification } from './token-classification.ts';

const labels = (rows: number[][]): Tensor2D => int32(rows);
const evaluation = { training: false };

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  describe.each([
    ['BERT', () => tinyBert(false)],
    ['GPT-2', tinyGPT2],
    ['the least of models', () => new Vectors()],
  ])('contract on %s', (_, backbone) => {
    const contract = headContract({
      make: () => new TokenClassification(backbone(), { labels: ['O', 'B', 'I'] }),
      batch: () => ({
        ...text(),
        labels: labels([
          [-100, 1, 2, 0],
          [0, 1, 0, 0],
        ]),
      }),
      ignored: () => ({
        ...text(),
        labels: labels([
          [-100, -100, -100, -100],
          [-100, -100, 2, 1],
        ]),
      }),
      zeroGradient: new RegExp(KEY_BIAS),
    });
    for (const { name, run } of contract) test(name, run);
  });

  test('is the mean over the tokens that count: padding does not, whatever its label', () => {
    using model = new TokenClassification(new Vectors(), { labels: 3 });
    tidy(() => {
      const given = labels([
        [-100, 1, 2, -100],
        [0, -100, 1, 2],
      ]);
      const loss = model.loss({ ...text(), labels: given }, evaluation).loss.dataSync()[0]!;
      const shares = model.probabilities(text()).arraySync();
      const terms = [shares[0]![1]![1]!, shares[0]![2]![2]!, shares[1]![0]![0]!].map((p) => -Math.log(p));
      expectClose('loss', [loss], [terms.reduce((a, b) => a + b) / 3]);
      const best = shares.map((row) => row.map((classes) => classes.indexOf(Math.max(...classes))));
      expect(model.predict(text()).arraySync()).toEqual(best);
    });
  });

  test('refuses labels that do not fit', () => {
    using model = new TokenClassification(new Vectors(), { labels: 3 });
    const loss = (rows: number[][]) => () =>
      tidy(() => void model.loss({ ...text(), labels: labels(rows) }, evaluation).loss.dataSync());
    expect(loss([[0, 1]])).toThrow(
      'labels: expected [2, 4], got [1, 2]. Pass one for each token, −100 where it does not count.',
    );
    expect(
      loss([
        [0, 1, 2, 3],
        [0, 0, 0, 0],
      ]),
    ).toThrow('labels: expected numbers of classes in [0, 3), or -100 for what does not count, got 3.');
  });
});
