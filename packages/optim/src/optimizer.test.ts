import { type Parameter, parameter, RandomStream, storedTensor, uniform } from '@tenon/core';
import { selectBackend, testBackends } from '@tenon/testing';
import { memory, profile, type Scalar, scalar, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { accumulate } from './accumulate.ts';
import { adamW } from './adamw.ts';
import { addDecayedWeights } from './add-decayed-weights.ts';
import { chain } from './chain.ts';
import { clipByGlobalNorm } from './clip-by-global-norm.ts';
import { clipByValue } from './clip-by-value.ts';
import { openAIAdam } from './openai-adam.ts';
import { createOptimizer } from './optimizer.ts';
import { scaleByAdam } from './scale-by-adam.ts';
import { scaleByLearningRate } from './scale-by-learning-rate.ts';
import { warmupLinear } from './schedules.ts';
import type { GradientTransform } from './transform.ts';

const SHAPES = { weight: [4, 3], bias: [3] } as const;
const learningRate = warmupLinear({ peak: 0.05, warmupSteps: 2, totalSteps: 12 });

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('fused and unfused AdamW give the numbers of AdamW in float64', () => {
    const rule = (last: GradientTransform[]): GradientTransform =>
      chain(clipByGlobalNorm(1), ...last, scaleByLearningRate(learningRate));
    const adam = [scaleByAdam({ beta2: 0.99 }), addDecayedWeights(0.1)];
    const fused = run(chain(clipByGlobalNorm(1), adamW({ learningRate, beta2: 0.99, weightDecay: 0.1 })), 10);
    // A transform that changes nothing stands between, so that the kernel is not taken.
    const apart = run(rule([...adam, clipByValue(Number.POSITIVE_INFINITY)]), 10);
    const expected = adamWInFloat64(10);
    for (const name of ['weight', 'bias']) {
      expectClose(fused.get(name)!, expected.get(name)!, 1e-6);
      expectClose(apart.get(name)!, fused.get(name)!, 1e-6);
    }
  });

  test('AdamW at the end of a chain runs as the kernel, and only there', async () => {
    const kernelsOf = async (rule: GradientTransform): Promise<string[]> => {
      const { parameters, optimizer } = start(rule);
      const { kernelNames } = await profile(() => {
        update(optimizer, 0);
        return scalar(0);
      });
      free(parameters);
      optimizer.dispose();
      return kernelNames;
    };
    expect(await kernelsOf(accumulate(1, adamW({ learningRate })))).toContain('TenonAdamWUpdate');
    expect(await kernelsOf(openAIAdam({ learningRate }))).toContain('TenonAdamWUpdate');
    expect(await kernelsOf(chain(adamW({ learningRate }), clipByValue(1)))).not.toContain('TenonAdamWUpdate');
  });

  test('the rule without decay is fused, too, and decays nothing', () => {
    const plain = run(chain(scaleByAdam(), scaleByLearningRate(0.01)), 3);
    const zeroDecay = run(adamW({ learningRate: 0.01, weightDecay: 0 }), 3);
    expect(plain).toEqual(zeroDecay);
  });

  test('biases do not decay by default, and the option says otherwise', () => {
    const still = (rule: GradientTransform) => run(rule, 1, () => 0);
    const rule = { learningRate: 0.1, weightDecay: 0.5 };
    const start = run(scaleByLearningRate(0), 1);
    const usual = still(adamW(rule));
    expect(usual.get('bias')).toEqual(start.get('bias'));
    expectClose(
      usual.get('weight')!,
      start.get('weight')!.map((value) => value * 0.95),
      1e-7,
    );
    const biasOnly = still(adamW({ ...rule, decay: (name) => name === 'bias' }));
    expect(biasOnly.get('weight')).toEqual(start.get('weight'));
    expectClose(
      biasOnly.get('bias')!,
      start.get('bias')!.map((value) => value * 0.95),
      1e-7,
    );
  });

  test('accumulate of equal pieces is one step with their mean', () => {
    const inner = () => chain(clipByGlobalNorm(0.5), adamW({ learningRate, weightDecay: 0.1 }));
    const pieces = run(accumulate(3, inner()), 12);
    const whole = run(inner(), 4, (name, step, i) =>
      [0, 1, 2].reduce((sum, piece) => sum + gradientValue(name, 3 * step + piece, i) / 3, 0),
    );
    for (const name of ['weight', 'bias']) expectClose(pieces.get(name)!, whole.get(name)!, 1e-6);
  });

  test('accumulate says when it updates, and counts updates', () => {
    withOptimizer(
      accumulate(2, chain(clipByGlobalNorm(1), adamW({ learningRate: 0.1 }))),
      (optimizer, step) => {
        const first = step(0);
        expect(first).toEqual({ applied: false });
        expect(optimizer.step).toBe(0);
        const second = step(1);
        expect(second).toMatchObject({ applied: true, learningRate: 0.1 });
        expect(optimizer.step).toBe(1);
        second.gradientNorm?.dispose();
      },
    );
  });

  test('what is left of an accumulation makes an update of its mean, whether the rule is fused or not', () => {
    for (const last of [adamW({ learningRate }), scaleByLearningRate(0.1)]) {
      const inner = chain(clipByGlobalNorm(0.5), last);
      const before = memory().numTensors;
      // Three and two of five steps, with a clip of each piece before they are added up, which changes nothing here.
      const { parameters, optimizer } = start(chain(clipByGlobalNorm(99), accumulate(3, inner)));
      expect(optimizer.prepareRest()).toBeUndefined();
      for (let step = 0; step < 5; step++) update(optimizer, step);
      {
        using rest = optimizer.prepareRest()!;
        expect(optimizer.step).toBe(1);
        rest.apply();
      }
      expect(optimizer.step).toBe(2);
      expect(optimizer.prepareRest()).toBeUndefined();
      for (let step = 5; step < 8; step++) update(optimizer, step);
      expect(optimizer.step).toBe(3);

      const pieces = [
        [0, 1, 2],
        [3, 4],
        [5, 6, 7],
      ];
      const whole = run(inner, 3, (name, step, i) => {
        const values = pieces[step]!.map((piece) => gradientValue(name, piece, i));
        return values.reduce((sum, value) => sum + value, 0) / values.length;
      });
      const got = values(parameters);
      for (const name of ['weight', 'bias']) expectClose(got.get(name)!, whole.get(name)!, 1e-6);
      free(parameters);
      optimizer.dispose();
      expect(memory().numTensors).toBe(before);
    }
  });

  test('the norm reported is that before clipping, over all parameters', () => {
    withOptimizer(chain(clipByGlobalNorm(0.1), adamW({ learningRate })), (_, step) => {
      const { gradientNorm } = step(3);
      let total = 0;
      for (const [name, shape] of Object.entries(SHAPES)) {
        for (let i = 0; i < size(shape); i++) total += gradientValue(name, 3, i) ** 2;
      }
      expect(gradientNorm!.dataSync()[0]).toBeCloseTo(Math.sqrt(total), 5);
      gradientNorm!.dispose();
    });
  });

  test('a prepared update that is not applied changes nothing', () => {
    const { parameters, optimizer } = start(chain(clipByGlobalNorm(1), adamW({ learningRate: 0.1 })));
    const before = values(parameters);
    const gradients = gradientsOf(() => Number.NaN, 0);
    const prepared = optimizer.prepare(gradients);
    expect(prepared.gradientNorm!.dataSync()[0]).toBeNaN();
    prepared.dispose();
    expect(values(parameters)).toEqual(before);
    expect(optimizer.step).toBe(0);
    expect(() => prepared.apply()).toThrow(
      'prepared update: expected one that is neither applied nor disposed of, got a second use.',
    );
    free(parameters, gradients);
    optimizer.dispose();
  });

  test('state saved and loaded continues as if uninterrupted, in the middle of an accumulation too', () => {
    const rule = accumulate(2, chain(clipByGlobalNorm(1), adamW({ learningRate })));
    const expected = run(rule, 8);
    const first = start(rule);
    for (let step = 0; step < 5; step++) update(first.optimizer, step);
    const saved = new Map(
      [...first.optimizer.stateDict()].map(([name, stored]) => [
        name,
        storedTensor(stored.read(), stored.shape),
      ]),
    );
    expect([...saved.keys()]).toContain('weight.first_moment');
    expect(saved.get('step')).toMatchObject({ dtype: 'int32', shape: [] });

    const copies = new Map([...saved].map(([name, { read }]) => [name, [...read()]]));
    const second = createOptimizer(rule, first.parameters);
    second.loadStateDict(saved);
    expect(second.step).toBe(2);
    for (let step = 5; step < 8; step++) update(second, step);
    expect(values(first.parameters)).toEqual(expected);
    // What was loaded is not written into when the state is updated in place.
    for (const [name, { read }] of saved) expect([...read()]).toEqual(copies.get(name));
    free(first.parameters);
    first.optimizer.dispose();
    second.dispose();
  });

  test('loading a state that does not fit names everything and changes nothing', () => {
    withOptimizer(adamW({ learningRate }), (optimizer, step) => {
      step(0);
      const state = optimizer.stateDict();
      state.delete('bias.second_moment');
      state.set('other.first_moment', storedTensor(new Float32Array(1), [1]));
      state.set('weight.first_moment', storedTensor(new Float32Array(12), [3, 4]));
      expect(() => optimizer.loadStateDict(state)).toThrow(
        'missing bias.second_moment; unexpected other.first_moment; weight.first_moment of shape [3, 4] instead of [4, 3]',
      );
      expect(optimizer.step).toBe(1);
    });
  });

  test('gradients that do not fit are named', () => {
    withOptimizer(adamW({ learningRate }), (optimizer) => {
      const odd = tensor([1, 2]);
      const gradients = new Map<string, Tensor>([
        ['bias', odd],
        ['beta', odd],
      ]);
      expect(() => optimizer.prepare(gradients)).toThrow(
        'gradients: expected one for each parameter of the optimizer, in its shape, got none for weight; [2] instead of [3] for bias; one too many, beta. Freeze the parameters that the loss does not depend on, pass { allowUnused: true } for them to stay as they are, or leave their part out of the model (a pooler under a head that reads tokens: pooler: false), and pass gradients under their names.',
      );
      odd.dispose();
    });
  });

  test('a schedule that gives no number stops the step and leaks nothing', () => {
    withOptimizer(chain(clipByGlobalNorm(1), adamW({ learningRate: () => Number.NaN })), (_, step) => {
      expect(() => step(0)).toThrow('learning rate of step 0: expected a number of at least 0, got NaN.');
    });
  });

  test('two states of the same kind are refused', () => {
    const { parameters, optimizer } = start(adamW({ learningRate }));
    const before = memory().numTensors;
    expect(() => createOptimizer(chain(scaleByAdam(), adamW({ learningRate })), parameters)).toThrow(
      'optimizer: expected each kind of state once, got weight.first_moment twice.',
    );
    expect(memory().numTensors).toBe(before);
    free(parameters);
    optimizer.dispose();
  });

  test('the number of tensors is flat over steps, and 0 at the end', () => {
    const before = memory().numTensors;
    const rules = [
      chain(clipByGlobalNorm(1), adamW({ learningRate })),
      accumulate(2, chain(clipByGlobalNorm(1), scaleByAdam(), scaleByLearningRate(0.1), clipByValue(1))),
    ];
    for (const rule of rules) {
      const { parameters, optimizer } = start(rule);
      update(optimizer, 0);
      const flat = memory().numTensors;
      for (let step = 1; step < 9; step++) update(optimizer, step);
      expect(memory().numTensors).toBe(flat);
      free(parameters);
      optimizer.dispose();
    }
    expect(memory().numTensors).toBe(before);
  });
});

type GradientValue = (name: string, step: number, i: number) => number;

const gradientValue: GradientValue = (name, step, i) =>
  Math.sin(1.7 * i + 0.9 * step + name.length) * (1 + (step % 3));

const size = (shape: readonly number[]): number =>
  shape.reduce((product, dimension) => product * dimension, 1);

function makeParameters(): Map<string, Parameter> {
  const random = new RandomStream(7);
  return new Map(Object.entries(SHAPES).map(([name, shape]) => [name, parameter(shape, uniform(1), random)]));
}

function gradientsOf(value: GradientValue, step: number): Map<string, Tensor> {
  return new Map(
    Object.entries(SHAPES).map(([name, shape]) => [
      name,
      tensor(
        Float32Array.from({ length: size(shape) }, (_, i) => value(name, step, i)),
        [...shape],
      ),
    ]),
  );
}

type Optimizer = ReturnType<typeof createOptimizer>;

function start(rule: GradientTransform): { parameters: Map<string, Parameter>; optimizer: Optimizer } {
  const parameters = makeParameters();
  return { parameters, optimizer: createOptimizer(rule, parameters) };
}

function stepWith(optimizer: Optimizer, step: number, value: GradientValue = gradientValue) {
  const gradients = gradientsOf(value, step);
  try {
    return optimizer.update(gradients);
  } finally {
    free(gradients);
  }
}

function update(optimizer: Optimizer, step: number, value: GradientValue = gradientValue): void {
  stepWith(optimizer, step, value).gradientNorm?.dispose();
}

/** The parameters after `steps` steps. */
function run(rule: GradientTransform, steps: number, value?: GradientValue): Map<string, number[]> {
  const { parameters, optimizer } = start(rule);
  for (let step = 0; step < steps; step++) update(optimizer, step, value);
  const result = values(parameters);
  free(parameters);
  optimizer.dispose();
  return result;
}

function withOptimizer(
  rule: GradientTransform,
  body: (optimizer: Optimizer, step: (i: number) => { applied: boolean; gradientNorm?: Scalar }) => void,
): void {
  const before = memory().numTensors;
  const { parameters, optimizer } = start(rule);
  body(optimizer, (i) => stepWith(optimizer, i));
  free(parameters);
  optimizer.dispose();
  expect(memory().numTensors).toBe(before);
}

function values(parameters: ReadonlyMap<string, Tensor>): Map<string, number[]> {
  return new Map([...parameters].map(([name, value]) => [name, [...value.dataSync()]]));
}

function free(...maps: ReadonlyMap<string, Tensor>[]): void {
  for (const map of maps) for (const value of map.values()) value.dispose();
}

function expectClose(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, i) => {
    expect(Math.abs(value - expected[i]!)).toBeLessThan(tolerance);
  });
}

/** PyTorch's AdamW with clipping to norm 1, written out in plain numbers. */
function adamWInFloat64(steps: number): Map<string, number[]> {
  const [beta1, beta2, epsilon, decay] = [0.9, 0.99, 1e-8, 0.1];
  const parameters = makeParameters();
  const p = values(parameters);
  free(parameters);
  const m = new Map([...p].map(([name, list]) => [name, list.map(() => 0)]));
  const v = new Map([...p].map(([name, list]) => [name, list.map(() => 0)]));
  for (let step = 0; step < steps; step++) {
    const all = [...p].flatMap(([name, list]) => list.map((_, i) => gradientValue(name, step, i)));
    const factor = Math.min(1, 1 / (Math.hypot(...all) + 1e-6));
    const rate = learningRate(step);
    for (const [name, list] of p) {
      for (let i = 0; i < list.length; i++) {
        const g = gradientValue(name, step, i) * factor;
        m.get(name)![i] = beta1 * m.get(name)![i]! + (1 - beta1) * g;
        v.get(name)![i] = beta2 * v.get(name)![i]! + (1 - beta2) * g * g;
        if (name === 'weight') list[i]! *= 1 - rate * decay;
        const root = Math.sqrt(v.get(name)![i]! / (1 - beta2 ** (step + 1))) + epsilon;
        list[i]! -= (rate * m.get(name)![i]!) / (1 - beta1 ** (step + 1)) / root;
      }
    }
  }
  return p;
}
