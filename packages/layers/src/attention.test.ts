import { RandomStream } from '@tenon/core';
import { expectClose, leakFree, selectBackend, testBackends } from '@tenon/testing';
import { grads, mul, slice, sum, type Tensor4D, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { attend } from './attention.ts';
import { causalMask, MASKED } from './attention-masks.ts';

const SHAPE: [number, number, number, number] = [2, 2, 4, 3];
const drawn = (seed: number): Tensor4D => tensor4d(new RandomStream(seed).next().normal(48), SHAPE);
const slots = (x: Tensor4D, from: number, count: number): Tensor4D =>
  slice(x, [0, 0, from, 0], [2, 2, count, 3]);

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('is softmax(q kᵀ / √D + mask) v', () => {
    tidy(() => {
      const [q, k, v] = [drawn(1), drawn(2), drawn(3)];
      const { output, weights } = attend(q, [{ keys: k, values: v, mask: causalMask(4) }]);
      const [qs, ks, vs] = [q, k, v].map((t) => t.arraySync()[1]![0]!) as [
        number[][],
        number[][],
        number[][],
      ];
      for (let t = 0; t < 4; t++) {
        const dot = (s: number) => qs[t]!.reduce((total, value, d) => total + value * ks[s]![d]!, 0);
        const exps = [0, 1, 2, 3].map((s) => (s <= t ? Math.exp(dot(s) / Math.sqrt(3)) : 0));
        const p = exps.map((value) => value / exps.reduce((a, b) => a + b));
        expectClose('weights', weights.arraySync()[1]![0]![t]!, p);
        const mixed = [0, 1, 2].map((d) => p.reduce((total, value, s) => total + value * vs[s]![d]!, 0));
        expectClose('output', output.arraySync()[1]![0]![t]!, mixed);
      }
    });
  });

  test('several sources are as one, in values and gradients', () => {
    tidy(() => {
      const inputs = [drawn(1), drawn(2), drawn(3)];
      const weight = drawn(4);
      const whole = (q: Tensor4D, keys: Tensor4D, values: Tensor4D) =>
        sum(mul(attend(q, [{ keys, values }]).output, weight));
      const parts = (q: Tensor4D, k: Tensor4D, v: Tensor4D) => {
        const part = (from: number, count: number) => ({
          keys: slots(k, from, count),
          values: slots(v, from, count),
        });
        return sum(mul(attend(q, [part(0, 1), part(1, 2), part(3, 1)]).output, weight));
      };
      const [expected, actual] = [whole, parts].map((f) => grads(f as Parameters<typeof grads>[0])(inputs));
      for (const [i, gradient] of actual!.entries())
        expectClose(`gradient ${i}`, gradient.dataSync(), expected![i]!.dataSync());
    });
  });

  test('a query that may see nothing gives finite numbers', () => {
    tidy(() => {
      const mask = tensor4d(new Array(4).fill(MASKED), [1, 1, 1, 4]);
      const q = drawn(1);
      const { output } = attend(q, [{ keys: drawn(2), values: drawn(3), mask }]);
      expect(output.dataSync().every(Number.isFinite)).toBe(true);
    });
  });

  test('scales and drops as told', () => {
    tidy(() => {
      const sources = [{ keys: drawn(2), values: drawn(3) }];
      const even = attend(drawn(1), sources, { scale: 0 }).weights.dataSync();
      expect(even.every((value) => Math.abs(value - 0.25) < 1e-6)).toBe(true);
      const options = {
        scale: 0,
        dropoutRate: 0.5,
        dropout: { training: true, random: new RandomStream(1) },
      };
      const dropped = attend(drawn(1), sources, options).weights.dataSync();
      expect(new Set(dropped.map((value) => Math.round(value * 100) / 100))).toEqual(new Set([0, 0.5]));
    });
  });

  test('leaks nothing', () =>
    leakFree(() =>
      tidy(() => void attend(drawn(1), [{ keys: drawn(2), values: drawn(3), mask: causalMask(4) }])),
    ));
});
