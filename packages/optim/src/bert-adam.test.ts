import { parameter, RandomStream, uniform } from '@tenon/core';
import { leakFree, selectBackend, testBackends } from '@tenon/testing';
import { tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type BertAdamOptions, bertAdam } from './bert-adam.ts';
import { chain } from './chain.ts';
import { clipByValue } from './clip-by-value.ts';
import { createOptimizer } from './optimizer.ts';
import { warmupLinear } from './schedules.ts';

const SHAPES = new Map([
  ['weight', [3, 2]],
  ['bias', [2]],
]);
const STEPS = 10;
const learningRate = warmupLinear({ peak: 0.05, warmupSteps: 2, totalSteps: STEPS });
const gradient = (name: string, step: number, i: number): number =>
  Math.sin(1.3 * i + 0.7 * step + name.length) * (name === 'bias' ? 0.2 : 3);

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test.each<[Partial<BertAdamOptions>, boolean]>([
    [{}, false],
    [{ weightDecay: 0.5, maximumNorm: Number.POSITIVE_INFINITY }, false],
    [{ beta1: 0.8, beta2: 0.9, epsilon: 0.1, maximumNorm: 0.1, decay: (name) => name === 'bias' }, false],
    [{ weightDecay: 0.5 }, true],
  ])('gives the numbers of its formula in float64: %o, not fused: %s', async (options, apart) => {
    await leakFree(() => {
      const random = new RandomStream(3);
      const parameters = new Map(
        [...SHAPES].map(([name, shape]) => [name, parameter(shape, uniform(1), random)]),
      );
      const expected = new Map([...parameters].map(([name, value]) => [name, Array.from(value.dataSync())]));
      const rule = bertAdam({ learningRate, ...options });
      // A transform at the end keeps the rule from becoming one kernel; this one cuts nothing.
      const optimizer = createOptimizer(apart ? chain(rule, clipByValue(100)) : rule, parameters);
      for (let step = 0; step < STEPS; step++) {
        const gradients = new Map(
          [...parameters].map(([name, { shape, size }]) => {
            const values = Array.from({ length: size }, (_, i) => gradient(name, step, i));
            return [name, tensor(values, shape)];
          }),
        );
        const report = optimizer.update(gradients);
        expect(report.learningRate).toBeCloseTo(bertSchedule(step), 12);
        report.gradientNorm!.dispose();
        for (const value of gradients.values()) value.dispose();
      }
      inFloat64(expected, options);
      for (const [name, value] of parameters) {
        const got = value.dataSync();
        for (const [i, number] of expected.get(name)!.entries()) expect(got[i]).toBeCloseTo(number, 5);
        value.dispose();
      }
      optimizer.dispose();
    });
  });
});

test('numbers out of their ranges are refused', () => {
  expect(() => bertAdam({ learningRate, maximumNorm: 0 })).toThrow(
    'clipByNorm: maximum: expected a number above 0, got 0. Pass 1, the usual maximum, for instance.',
  );
  expect(() => bertAdam({ learningRate, weightDecay: -1 })).toThrow(
    'addDecayedWeights: rate: expected a number of at least 0, got -1. Pass 0.01, or 0 for no decay.',
  );
});

/** BERT's own words for the schedule: x = step / steps, x / w before w, then (x − 1) / (w − 1). */
function bertSchedule(step: number): number {
  const [x, w] = [step / STEPS, 2 / STEPS];
  return 0.05 * (x < w ? x / w : Math.max((x - 1) / (w - 1), 0));
}

/** The doc comment's formula in plain numbers. */
function inFloat64(values: Map<string, number[]>, options: Partial<BertAdamOptions>): void {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-6, weightDecay = 0.01, maximumNorm = 1 } = options;
  const decay = options.decay as ((name: string) => boolean) | undefined;
  for (const [name, list] of values) {
    const moments = list.map((): [m: number, v: number] => [0, 0]);
    for (let step = 0; step < STEPS; step++) {
      const gradients = list.map((_, i) => gradient(name, step, i));
      const factor = Math.min(1, maximumNorm / (Math.hypot(...gradients) + 1e-6));
      for (const [i, g] of gradients.entries()) {
        const [m, v] = moments[i]!;
        const next: [number, number] = [
          beta1 * m + (1 - beta1) * g * factor,
          beta2 * v + (1 - beta2) * (g * factor) ** 2,
        ];
        moments[i] = next;
        const decayed = (decay?.(name) ?? name === 'weight') ? weightDecay * list[i]! : 0;
        list[i]! -= bertSchedule(step) * (next[0] / (Math.sqrt(next[1]) + epsilon) + decayed);
      }
    }
  }
}
