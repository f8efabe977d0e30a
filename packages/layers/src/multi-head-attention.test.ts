import { RandomStream } from '@tenon/core';
import { expectClose, moduleContract, selectBackend, testBackends } from '@tenon/testing';
import { type Rank, type Tensor2D, tensor, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { causalMask } from './attention-masks.ts';
import { MultiHeadAttention } from './multi-head-attention.ts';

const make = (): MultiHeadAttention => new MultiHeadAttention(6, 3, { random: new RandomStream(1) });
const text = (tokens: number, seed: number): Tensor2D =>
  tensor<Rank.R2>(new RandomStream(seed).next().normal(tokens * 6), [tokens, 6]);
// The key's bias adds the same to all scores of a query, and softmax takes it out again.
const zeroGradient = /k_proj\.bias$/;

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  describe('contract, a text attending to itself and to another', () => {
    const forward = (attention: MultiHeadAttention) => {
      const x = text(2 * 4, 5);
      const sources = [attention.keysAndValues(x, 2), attention.keysAndValues(text(2 * 3, 6), 2)];
      return attention.forward(x, 2, sources).output;
    };
    for (const { name, run } of moduleContract({ make, forward, zeroGradient })) test(name, run);
  });

  test('weights add up to 1 over all sources, and a mask hides what is later', () => {
    using attention = make();
    tidy(() => {
      const x = text(2 * 4, 5);
      const own = { ...attention.keysAndValues(x, 2), mask: causalMask(4) };
      const other = attention.keysAndValues(text(2 * 3, 6), 2);
      const { weights } = attention.forward(x, 2, [own, other]);
      expect(weights.shape).toEqual([2, 3, 4, 7]);
      const rows = weights.arraySync().flat(2);
      expectClose(
        'sums',
        rows.map((row) => row.reduce((sum, weight) => sum + weight, 0)),
        rows.map(() => 1),
      );
      for (const [i, row] of rows.entries())
        expect(row.slice((i % 4) + 1, 4)).toEqual(new Array(3 - (i % 4)).fill(0));
    });
  });

  test('weights are dropped when training only', () => {
    using attention = new MultiHeadAttention(6, 3, { random: new RandomStream(1), dropoutRate: 0.5 });
    tidy(() => {
      const x = text(4, 5);
      const source = attention.keysAndValues(x, 1);
      const zeros = (options = {}): number =>
        attention
          .forward(x, 1, [source], options)
          .weights.dataSync()
          .filter((weight) => weight === 0).length;
      expect(zeros()).toBe(0);
      expect(zeros({ training: true, random: new RandomStream(2) })).toBeGreaterThan(5);
    });
  });
});

test('heads must share the channels evenly', () => {
  expect(() => new MultiHeadAttention(6, 4, { random: new RandomStream(1) })).toThrow(
    'MultiHeadAttention heads: expected a divisor of the size 6, got 4. Change one of the two.',
  );
});
