import { type Parameter, parameter, RandomStream, uniform } from '@tenon/core';
import { selectBackend, testBackends } from '@tenon/testing';
import { profile, scalar, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { accumulate } from './accumulate.ts';
import { adamW } from './adamw.ts';
import { chain } from './chain.ts';
import { clipByGlobalNorm } from './clip-by-global-norm.ts';
import { clipByValue } from './clip-by-value.ts';
import { openAIAdam } from './openai-adam.ts';
import { createOptimizer } from './optimizer.ts';
import { scaleByParameter } from './scale-by-parameter.ts';
import { warmupLinear } from './schedules.ts';
import type { GradientTransform } from './transform.ts';

const SHAPES = { weight: [4, 3], bias: [3] } as const;
const learningRate = warmupLinear({ peak: 0.05, warmupSteps: 2, totalSteps: 12 });
const scaled = (by: number): ReturnType<typeof scaleByParameter> =>
  scaleByParameter((name) => (name === 'weight' ? by : 1));

const makeParameters = (): Map<string, Parameter> => {
  const random = new RandomStream(7);
  return new Map(Object.entries(SHAPES).map(([name, shape]) => [name, parameter(shape, uniform(1), random)]));
};

/** The parameters after some steps, and the names of the kernels that ran. */
async function run(rule: GradientTransform, steps = 5): Promise<{ values: number[][]; kernels: string[] }> {
  const parameters = makeParameters();
  using optimizer = createOptimizer(rule, parameters);
  const { kernelNames } = await profile(() => {
    for (let step = 0; step < steps; step++) {
      const gradients = new Map<string, Tensor>(
        [...parameters].map(([name, { shape, size }]) => [
          name,
          tensor(
            Float32Array.from({ length: size }, (_, i) => Math.sin(1.7 * i + 0.9 * step)),
            [...shape],
          ),
        ]),
      );
      optimizer.update(gradients).gradientNorm?.dispose();
      for (const one of gradients.values()) one.dispose();
    }
    return scalar(0);
  });
  const values = [...parameters.values()].map((one) => [...one.dataSync()]);
  for (const one of parameters.values()) one.dispose();
  return { values, kernels: kernelNames };
}

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  const rules: readonly (readonly [string, () => GradientTransform])[] = [
    ['adamW', () => adamW({ learningRate, weightDecay: 0.1 })],
    ['openAIAdam', () => openAIAdam({ learningRate })],
  ];

  test.each(rules)('a factor of 1 everywhere is %s, bit for bit, in the same kernel', async (_, rule) => {
    const plain = await run(rule());
    const one = await run(chain(rule(), scaled(1), scaled(1)));
    expect(one.values).toEqual(plain.values);
    expect(one.kernels).toEqual(plain.kernels);
    expect(one.kernels).toContain('TenonAdamWUpdate');
  });

  test('a factor is another learning rate, decay included', async () => {
    const rule = (factor: number): GradientTransform =>
      adamW({ learningRate: (step) => factor * learningRate(step), weightDecay: 0.1 });
    const { values } = await run(chain(rule(1), scaled(0.25), scaled(2)));
    expect(values[0]).toEqual((await run(rule(0.5))).values[0]);
    expect(values[1]).toEqual((await run(rule(1))).values[1]);
    const still = await run(chain(rule(1), scaled(0)));
    expect(still.values[0]).toEqual((await run(rule(0))).values[0]);
  });

  test.each(rules)('fused with %s and apart it gives the same', async (_, rule) => {
    const fused = await run(chain(clipByGlobalNorm(1), rule(), scaled(0.5)));
    // A transform that changes nothing stands between, so that the kernel is not taken.
    const apart = await run(
      chain(clipByGlobalNorm(1), rule(), clipByValue(Number.POSITIVE_INFINITY), scaled(0.5)),
    );
    expect(apart.kernels).not.toContain('TenonAdamWUpdate');
    fused.values.flat().forEach((value, i) => {
      expect(Math.abs(value - apart.values.flat()[i]!)).toBeLessThan(1e-6);
    });
  });

  test('works under accumulate', async () => {
    const inner = (factor: number): GradientTransform => chain(adamW({ learningRate }), scaled(factor));
    const [half, whole] = [await run(accumulate(2, inner(0.5)), 4), await run(accumulate(2, inner(1)), 4)];
    expect(half.values[1]).toEqual(whole.values[1]);
    expect(half.values[0]).not.toEqual(whole.values[0]);
  });

  test('a factor below 0 is refused', () => {
    const parameters = makeParameters();
    expect(() => createOptimizer(chain(adamW({ learningRate }), scaled(-1)), parameters)).toThrow(
      "learning rate's factor of weight: expected a number of at least 0, got -1. Pass 1 for no change.",
    );
    for (const one of parameters.values()) one.dispose();
  });
});
