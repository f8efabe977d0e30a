import { RandomStream } from '@tenon/core';
import { transformer, transformerBase } from '@tenon/models';
import { expectClose, headContract, selectBackend, testBackends } from '@tenon/testing';
import { type Tensor2D, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { Seq2SeqLM } from './seq2seq-lm.ts';

const ids = (rows: number[][]): Tensor2D => tensor2d(rows, undefined, 'int32');
const SOURCE = [
  [3, 4, 5],
  [6, 2, 0],
];
const MASK = [
  [1, 1, 1],
  [1, 1, 0],
];
const LABELS = [
  [5, 4, 3, 1],
  [2, 6, 1, -100],
];
const make = (): Seq2SeqLM =>
  new Seq2SeqLM(
    transformer(
      {
        ...transformerBase,
        vocabularySize: 7,
        hiddenSize: 8,
        encoderLayers: 1,
        decoderLayers: 1,
        encoderHeads: 2,
        decoderHeads: 2,
        encoderFeedForwardSize: 12,
        decoderFeedForwardSize: 12,
        dropout: 0,
      },
      { random: new RandomStream(1) },
    ),
  );
const batch = (labels = LABELS) => ({ inputIds: ids(SOURCE), attentionMask: ids(MASK), labels: ids(labels) });
const evaluation = { training: false };

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  describe('contract', () => {
    const contract = headContract({
      make,
      batch,
      ignored: () => batch(LABELS.map((row) => row.map(() => -100))),
      zeroGradient: /k_proj\.bias$/,
    });
    for (const { name, run } of contract) test(name, run);
  });

  test('the loss is the mean of the labels that count, each from the start token and those before it', () => {
    using model = make();
    tidy(() => {
      const logits = model.logits(batch()).arraySync();
      const nll = LABELS.flatMap((row, b) =>
        row.flatMap((label, t) => {
          if (label < 0) return [];
          const scores = logits[b]![t]!;
          const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
          return [Math.log(total) - scores[label]!];
        }),
      );
      const mean = nll.reduce((sum, value) => sum + value, 0) / nll.length;
      expectClose('loss', model.loss(batch(), evaluation).loss.dataSync(), [mean]);
      const read = ids(LABELS.map((row) => [0, ...row.slice(0, -1)]));
      const { lastHidden: hidden } = model.backbone.encode(batch());
      const decoded = model.backbone.decode({ inputIds: read }, { hidden, attentionMask: ids(MASK) });
      expectClose('logits', model.backbone.scorer.logits(decoded.lastHidden).dataSync(), logits.flat(2));
    });
  });

  test('a single label is learned from the start token alone', () => {
    using model = make();
    const one = { inputIds: ids(SOURCE), labels: ids([[1], [2]]) };
    expect(tidy(() => model.logits(one).shape)).toEqual([2, 1, 7]);
  });

  test('labels of another rank are refused', () => {
    using model = make();
    const labels = tensor1d([1], 'int32') as unknown as Tensor2D; // what JavaScript allows
    expect(() => tidy(() => void model.loss({ inputIds: ids(SOURCE), labels }, evaluation))).toThrow(
      'labels: expected [B, T], got [1]. Pass a row of target tokens for each source.',
    );
  });
});
