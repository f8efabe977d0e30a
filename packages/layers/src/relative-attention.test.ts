// H heads, B batch, T queries, S keys, D head size.
import { RandomStream } from '@tenon/core';
import { expectClose, selectBackend, testBackends } from '@tenon/testing';
import {
  add,
  grads,
  mul,
  reshape,
  sum,
  type Tensor,
  tensor1d,
  tensor2d,
  tensor3d,
  tensor4d,
  tidy,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { MASKED } from './attention-masks.ts';
import { attendRelative, mergeHeadsFirst, relativeDistances, splitHeadsFirst } from './relative-attention.ts';

const [H, B, D] = [2, 2, 3];
const values = (seed: number, size: number): Float32Array => new RandomStream(seed).next().normal(size);

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  describe.each([
    [4, 4],
    [3, 8],
    [1, 1],
    [1, 5],
  ])('%i queries and %i keys', (T, S) => {
    const visible = (t: number, s: number): boolean => s <= t + S - T;
    const inputs = () => ({
      contentQueries: tensor4d(values(1, H * B * T * D), [H, B, T, D]),
      distanceQueries: tensor4d(values(2, H * B * T * D), [H, B, T, D]),
      keys: tensor4d(values(3, H * B * S * D), [H, B, S, D]),
      values: tensor4d(values(4, H * B * S * D), [H, B, S, D]),
      distanceKeys: tensor3d(values(5, H * (S + 1) * D), [H, S + 1, D]),
      distanceBias: tensor3d(values(6, H * (S + 1)), [H, 1, S + 1]),
      mask: tensor4d(
        Array.from({ length: T * S }, (_, i) => (visible(Math.floor(i / S), i % S) ? 0 : MASKED)),
        [1, 1, T, S],
      ),
    });

    test('scores by content and by distance', () => {
      tidy(() => {
        const given = inputs();
        const [h, b] = [1, 0];
        const { output, weights } = attendRelative(given);
        const at = (tensor: Tensor, row: number): number[] =>
          (tensor.arraySync() as number[][][][])[h]![b]![row]!;
        const distanceKeys = given.distanceKeys.arraySync()[h]!;
        const bias = given.distanceBias.arraySync()[h]![0]!;
        const dot = (x: number[], y: number[]): number =>
          x.reduce((total, value, i) => total + value * y[i]!, 0);
        const distances = [...relativeDistances(S)];
        for (let t = 0; t < T; t++) {
          const exps = Array.from({ length: S }, (_, s) => {
            if (!visible(t, s)) return 0;
            const place = distances.indexOf(t + S - T - s);
            const content = dot(at(given.contentQueries, t), at(given.keys, s));
            return Math.exp(content + dot(at(given.distanceQueries, t), distanceKeys[place]!) + bias[place]!);
          });
          const p = exps.map((value) => value / exps.reduce((x, y) => x + y));
          expectClose(`weights of query ${t}`, at(weights, t), p);
          const mixed = [0, 1, 2].map((d) =>
            p.reduce((total, w, s) => total + w * at(given.values, s)[d]!, 0),
          );
          expectClose(`output of query ${t}`, at(output, t), mixed);
        }
      });
    });

    test('has the gradients that differences show', () => {
      tidy(() => {
        const given = inputs();
        const names = [
          'contentQueries',
          'distanceQueries',
          'keys',
          'values',
          'distanceKeys',
          'distanceBias',
        ] as const;
        const weight = tensor4d(values(7, H * B * T * D), [H, B, T, D]);
        const loss = (...tensors: Tensor[]) =>
          sum(
            mul(
              attendRelative({ ...given, ...Object.fromEntries(names.map((name, i) => [name, tensors[i]!])) })
                .output,
              weight,
            ),
          );
        const tensors = names.map((name): Tensor => given[name]);
        const gradients = grads(loss as (...tensors: Tensor[]) => Tensor)(tensors);
        for (const [i, gradient] of gradients.entries()) {
          // The change along a random direction, by the gradient and by a small step both ways.
          const direction = reshape(tensor1d(values(8 + i, gradient.size)), gradient.shape);
          const step = (size: number): number =>
            loss(...tensors.with(i, add(tensors[i]!, mul(direction, size)))).dataSync()[0]!;
          const slope = (step(1e-2) - step(-1e-2)) / 2e-2;
          expectClose(names[i]!, [sum(mul(gradient, direction)).dataSync()[0]!], [slope], {
            absolute: 5e-3,
            relative: 1e-2,
          });
        }
      });
    });
  });

  test('heads come first and go back', () => {
    tidy(() => {
      const x = tensor2d(values(1, 24), [6, 4]);
      const split = splitHeadsFirst(x, 2, 2);
      expect(split.shape).toEqual([2, 2, 3, 2]);
      expect(mergeHeadsFirst(split).dataSync()).toEqual(x.dataSync());
    });
  });
});
