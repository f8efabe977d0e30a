import { expectClose, headContract, leakFree, selectBackend, testBackends } from '@tenon/testing';
import { type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { int32, KEY_BIAS, text, tinyBert, tinyGPT2, Vectors } from './__fixtures__/tiny-models.ts';
import { MaskedLM } from './masked-lm.ts';
import type { MaskedWords } from './masked-lm-batch.ts';

const rows = (values: number[][]): Tensor2D => int32(values);
const evaluation = { training: false };
const byLabels = (): MaskedWords => ({
  labels: rows([
    [-100, 7, -100, 9],
    [-100, 8, -100, -100],
  ]),
});
const byPlaces = (): MaskedWords => ({
  maskedPositions: rows([
    [1, 3],
    [1, 0],
  ]),
  maskedIds: rows([
    [7, 9],
    [8, -100],
  ]),
});

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  describe.each([
    ['BERT', () => tinyBert(false)],
    ['GPT-2', tinyGPT2],
  ])('contract on %s', (_, backbone) => {
    const contract = headContract({
      make: () => new MaskedLM(backbone()),
      batch: () => ({ ...text(), ...byPlaces() }),
      ignored: () => ({
        ...text(),
        labels: rows([
          [-100, -100, -100, -100],
          [-100, -100, -100, -100],
        ]),
      }),
      zeroGradient: new RegExp(KEY_BIAS),
    });
    for (const { name, run } of contract) test(name, run);
  });

  test('is the mean over the words to predict, however they are named', () => {
    using model = new MaskedLM(tinyBert(false));
    tidy(() => {
      const loss = (words: MaskedWords): number =>
        model.loss({ ...text(), ...words }, evaluation).loss.dataSync()[0]!;
      const scores = model.logits(text()).arraySync();
      const terms = [
        [0, 1, 7],
        [0, 3, 9],
        [1, 1, 8],
      ].map(([b, t, word]) => {
        const row = scores[b!]![t!]!;
        return Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0)) - row[word!]!;
      });
      const mean = terms.reduce((a, b) => a + b) / 3;
      expectClose('labels', [loss(byLabels())], [mean]);
      expectClose('places', [loss(byPlaces())], [mean]);
      const best = scores.map((row) => row.map((words) => words.indexOf(Math.max(...words))));
      expect(model.predict(text()).arraySync()).toEqual(best);
    });
  });

  test('ties its scores to the embeddings, which it does not own twice', () => {
    using model = new MaskedLM(tinyBert(false));
    const own = [...model.parameters().keys()].filter((name) => !name.startsWith('backbone.'));
    expect(own).toEqual([
      'predictions.dense.weight',
      'predictions.dense.bias',
      'predictions.layerNorm.weight',
      'predictions.layerNorm.bias',
      'predictions.bias',
    ]);
  });

  test('refuses models without embeddings, and batches it cannot read', async () => {
    const vectors = new Vectors();
    expect(() => new MaskedLM(vectors)).toThrow(
      'MaskedLM: expected a backbone with a tokenEmbedding, got Vectors without. Take a model that embeds tokens of a vocabulary, as BERT does.',
    );
    vectors.dispose();
    using model = new MaskedLM(tinyBert(false));
    const loss = (words: () => MaskedWords) => () =>
      tidy(() => void model.loss({ ...text(), ...words() }, evaluation).loss.dataSync());
    expect(loss(() => ({}))).toThrow(
      'masked LM batch: expected either labels, or maskedPositions and maskedIds, got none of them. Pass what the masking of the data gives.',
    );
    expect(loss(() => ({ ...byLabels(), ...byPlaces() }))).toThrow('got labels, maskedPositions, maskedIds.');
    expect(loss(() => ({ maskedPositions: rows([[1], [4]]), maskedIds: rows([[7], [8]]) }))).toThrow(
      'masked positions: expected int32 numbers in [0, 4), got 4 at [1, 0]. Use place 0 with the word −100 to fill up.',
    );
    expect(
      loss(() => ({
        maskedPositions: rows([[1], [2]]),
        maskedIds: rows([
          [7, 1],
          [8, 1],
        ]),
      })),
    ).toThrow('masked ids: expected [2, 1], got [2, 2]. Pass a word for each place.');
    await leakFree(loss(byLabels));
  });
});
