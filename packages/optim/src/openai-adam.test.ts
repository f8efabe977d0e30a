import { parameter, RandomStream, uniform } from '@tenon/core';
import { leakFree, selectBackend, testBackends } from '@tenon/testing';
import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { chain } from './chain.ts';
import { clipByValue } from './clip-by-value.ts';
import { type OpenAIAdamOptions, openAIAdam } from './openai-adam.ts';
import { createOptimizer } from './optimizer.ts';
import { warmupLinear } from './schedules.ts';

const SHAPES = new Map([
  ['weight', [3, 2]],
  ['bias', [2]],
]);
const learningRate = warmupLinear({ peak: 0.05, warmupSteps: 2, totalSteps: 10 });
const gradient = (name: string, step: number, i: number): number =>
  Math.sin(1.3 * i + 0.7 * step + name.length) * (name === 'bias' ? 0.2 : 3);

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  // A transform that changes nothing stands last in every second rule, so that the fused kernel is not taken.
  describe.each([true, false])('fused: %s', (isFused) => {
    // An epsilon large enough to tell √v from √(v / (1 − β₂ᵗ)).
    test.each<Partial<OpenAIAdamOptions>>([
      { epsilon: 0.3, weightDecay: 0.5 },
      { epsilon: 0.3, weightDecay: 0.5, maximumNorm: Number.POSITIVE_INFINITY },
      { beta1: 0.8, beta2: 0.9, epsilon: 1e-3, maximumNorm: 0.1, decay: (name) => name === 'bias' },
    ])('gives the numbers of its formula in float64: %o', async (options) => {
      await leakFree(() => {
        const adam = openAIAdam({ learningRate, ...options });
        const rule = isFused ? adam : chain(adam, clipByValue(Number.POSITIVE_INFINITY));
        const random = new RandomStream(3);
        const parameters = new Map(
          [...SHAPES].map(([name, shape]) => [name, parameter(shape, uniform(1), random)]),
        );
        const expected = new Map(
          [...parameters].map(([name, value]) => [name, Array.from(value.dataSync())]),
        );
        const optimizer = createOptimizer(rule, parameters);
        const reference = inFloat64(expected, options);
        for (let step = 0; step < 10; step++) {
          const gradients = new Map<string, Tensor>(
            [...parameters].map(([name, { shape, size }]) => [
              name,
              tensor(
                Array.from({ length: size }, (_, i) => gradient(name, step, i)),
                shape,
              ),
            ]),
          );
          const report = optimizer.update(gradients);
          const norm = reference(step);
          expect(report.learningRate).toBeCloseTo(learningRate(step + 1), 12);
          expect(report.gradientNorm!.dataSync()[0]).toBeCloseTo(norm, 5);
          report.gradientNorm!.dispose();
          for (const value of gradients.values()) value.dispose();
        }
        for (const [name, value] of parameters) {
          const got = value.dataSync();
          for (const [i, number] of expected.get(name)!.entries()) expect(got[i]).toBeCloseTo(number, 5);
          value.dispose();
        }
        optimizer.dispose();
      });
    });
  });
});

test('numbers out of their ranges are refused', () => {
  expect(() => openAIAdam({ learningRate, maximumNorm: 0 })).toThrow(
    'clipByNorm: maximum: expected a number above 0, got 0. Pass 1, the usual maximum, for instance.',
  );
  expect(() => openAIAdam({ learningRate, weightDecay: -1 })).toThrow(
    'decayWeightsAfter: rate: expected a number of at least 0, got -1. Pass 0.01, or 0 for no decay.',
  );
  expect(() => openAIAdam({ learningRate: -1 })).toThrow('constant: rate: expected a number of at least 0');
});

/** The doc comment's formula in plain numbers. Each call makes a step and returns the norm of all gradients. */
function inFloat64(
  values: Map<string, number[]>,
  options: Partial<OpenAIAdamOptions>,
): (step: number) => number {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0.01, maximumNorm = 1 } = options;
  const decay = options.decay as ((name: string) => boolean) | undefined;
  const moments = new Map(
    [...values].map(([name, list]) => [name, list.map(() => [0, 0] as [number, number])]),
  );
  return (step) => {
    const t = step + 1;
    let squares = 0;
    for (const [name, list] of values) {
      const gradients = list.map((_, i) => gradient(name, step, i));
      const length = Math.hypot(...gradients);
      squares += length ** 2;
      const rate = learningRate(t);
      for (const [i, g] of gradients.entries()) {
        const clipped = g * Math.min(1, maximumNorm / (length + 1e-6));
        const [m, v] = moments.get(name)![i]!;
        const [nextM, nextV] = [beta1 * m + (1 - beta1) * clipped, beta2 * v + (1 - beta2) * clipped ** 2];
        moments.get(name)![i] = [nextM, nextV];
        const corrected = (rate * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t);
        list[i]! -= (corrected * nextM) / (Math.sqrt(nextV) + epsilon);
        if (decay?.(name) ?? name === 'weight') list[i]! -= rate * weightDecay * list[i]!;
      }
    }
    return Math.sqrt(squares);
  };
}
