import { type Backbone, RandomStream } from '@tenon/core';
import { type GPT, gpt, gpt2, gpt2Small, gptBase } from '@tenon/models';
import { expectClose, headContract, selectBackend, testBackends } from '@tenon/testing';
import { tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { Similarity, type SimilarityBatch, type SimilarityOptions } from './similarity.ts';

const sizes = {
  vocabularySize: 17,
  contextLength: 8,
  hiddenSize: 12,
  layers: 2,
  heads: 3,
  initializerRange: 0.3,
};
const body = (): GPT => gpt({ ...gptBase, ...sizes }, { random: new RandomStream(1) });
const make = (options: SimilarityOptions = {}): Similarity => new Similarity(body(), options);
const ids = (rows: number[][]) => tensor2d(rows, undefined, 'int32');

/** Two pairs, both ways round. */
const input = () => ({
  inputIds: ids([
    [14, 1, 15, 2, 3, 16],
    [14, 2, 3, 15, 1, 16],
    [14, 4, 15, 5, 16, 0],
    [14, 5, 15, 4, 16, 0],
  ]),
  attentionMask: ids([
    [1, 1, 1, 1, 1, 1],
    [1, 1, 1, 1, 1, 1],
    [1, 1, 1, 1, 1, 0],
    [1, 1, 1, 1, 1, 0],
  ]),
});
const regression = (): SimilarityBatch => ({ ...input(), labels: tensor1d([0.9, 0.1]) });
const classes = (labels = [1, 0]): SimilarityBatch => ({ ...input(), labels: tensor1d(labels, 'int32') });

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  describe.each<[string, () => Backbone]>([
    ['GPT', body],
    ['GPT-2', () => gpt2({ ...gpt2Small, ...sizes })],
  ])('contract on %s', (_, backbone) => {
    const checks = headContract({ make: () => new Similarity(backbone()), batch: regression });
    for (const { name, run } of checks) test(name, run);
  });

  describe('contract with classes', () => {
    const ignored = () => classes([-100, -100]);
    const checks = headContract({ make: () => make({ labels: 2 }), batch: classes, ignored });
    for (const { name, run } of checks) test(name, run);
  });

  test('does not care which text comes first', () => {
    using model = make();
    tidy(() => {
      const { inputIds, attentionMask } = input();
      const rows = inputIds.arraySync();
      const turned = ids([rows[1]!, rows[0]!, rows[3]!, rows[2]!]);
      const there = model.probabilities({ inputIds, attentionMask });
      const back = model.probabilities({ inputIds: turned, attentionMask });
      expect(there.shape).toEqual([2, 1]);
      expectClose('similarity', there.dataSync(), back.dataSync());
    });
  });

  test('adds up what the model makes of both orders', () => {
    using model = make();
    tidy(() => {
      const { lastHidden } = model.backbone.encode(input());
      const hidden = lastHidden.arraySync();
      const [weights, bias] = [model.classifier.weight.dataSync(), model.classifier.bias!.dataSync()];
      const score = (...rows: number[][]) =>
        rows.reduce(
          (total, row) => total + row.reduce((sum, value, c) => sum + value * weights[c]!, 0),
          bias[0]!,
        );
      const expected = [score(hidden[0]![5]!, hidden[1]![5]!), score(hidden[2]![4]!, hidden[3]![4]!)];
      expectClose('scores', model.logits(input()).dataSync(), expected);
      const errors = expected.map((value, i) => (1 / (1 + Math.exp(-value)) - [0.9, 0.1][i]!) ** 2);
      const { loss } = model.loss(regression(), { training: false });
      expectClose('loss', loss.dataSync(), [(errors[0]! + errors[1]!) / 2]);
    });
  });

  test('refuses rows that are no pairs', () => {
    using model = make();
    expect(() => tidy(() => model.logits({ inputIds: ids([[1], [2], [3]]) }))).toThrow(
      'similarity: expected two rows for each pair, one for each order, got [3, 12] pooled rows. Make them with gptSimilarityRows of @tenon/data.',
    );
  });
});
