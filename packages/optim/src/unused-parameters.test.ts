// Parameters that have no gradient, where the caller allows it.

import { ones, type Parameter, parameter, RandomStream } from '@tenon/core';
import { selectBackend, testBackends } from '@tenon/testing';
import { memory, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { accumulate } from './accumulate.ts';
import { adamW } from './adamw.ts';
import { chain } from './chain.ts';
import { clipByGlobalNorm } from './clip-by-global-norm.ts';
import { clipByValue } from './clip-by-value.ts';
import { createOptimizer, type Optimizer } from './optimizer.ts';
import type { GradientTransform } from './transform.ts';

const adam = adamW({ learningRate: 0.1, weightDecay: 0.5 });
const fused = chain(clipByGlobalNorm(1), adam);
/** The same without the kernel. */
const apart = chain(clipByGlobalNorm(1), adam, clipByValue(Number.POSITIVE_INFINITY));

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test.each([
    ['the kernel', fused],
    ['the single transforms', apart],
    ['an accumulation', accumulate(2, fused)],
  ])('%s leaves them and their state exactly as they are, and the others lose nothing', (_, rule) => {
    const both = run(rule, ['used', 'idle'], [{ used: 1 }, { used: -2 }, { used: 3 }, { used: 4 }]);
    const alone = run(rule, ['used'], [{ used: 1 }, { used: -2 }, { used: 3 }, { used: 4 }]);
    expect(both.get('used')).toEqual(alone.get('used'));
    expect(both.get('used.first_moment')).toEqual(alone.get('used.first_moment'));
    expect(both.get('idle')).toEqual([1, 1]);
    expect(both.get('idle.first_moment')).toEqual([0, 0]);
    expect(both.get('idle.second_moment')).toEqual([0, 0]);
  });

  test('in an accumulation no gradient counts as zeros, and none in all of its calls as none', () => {
    const rule = accumulate(3, apart);
    const names = ['a', 'b', 'c'];
    // The second update must not see what the first has left in the sums.
    const first = [{ a: 1 }, { a: 2, b: 3 }, { b: 6 }];
    const some = run(rule, names, [...first, { c: 3 }, { a: 3 }, { a: 3 }]);
    const zeros = [
      { a: 1, b: 0 },
      { a: 2, b: 3 },
      { a: 0, b: 6 },
    ];
    expect(some).toEqual(run(rule, names, [...zeros, { a: 0, c: 3 }, { a: 3, c: 0 }, { a: 3, c: 0 }]));
    expect(run(rule, names, first).get('c')).toEqual([1, 1]);
  });

  test('what is left of an accumulation is of those that had a gradient', () => {
    const rest = run(accumulate(3, fused), ['a', 'b'], [{ a: 1, b: 1 }, { a: 1 }, { a: 1 }, { a: 2 }], true);
    const once = run(accumulate(3, fused), ['a', 'b'], [{ a: 1, b: 1 }, { a: 1 }, { a: 1 }]);
    expect(rest.get('b')).toEqual(once.get('b'));
    expect(rest.get('a')).not.toEqual(once.get('a'));
  });

  test('one at least has a gradient', () => {
    expect(() => run(adam, ['a', 'b'], [{}])).toThrow(
      'gradients: expected one for each parameter of the optimizer, in its shape, got none for a; none for b. Freeze the parameters that the loss does not depend on, pass { allowUnused: true } for them to stay as they are, or leave',
    );
  });
});

/** Parameters of ones, and the optimiser's state, after updates with gradients of one value each. */
function run(
  rule: GradientTransform,
  names: readonly string[],
  steps: readonly Readonly<Record<string, number>>[],
  withRest = false,
): Map<string, number[]> {
  const before = memory().numTensors;
  const random = new RandomStream(1);
  const parameters = new Map(names.map((name): [string, Parameter] => [name, parameter([2], ones, random)]));
  const optimizer = createOptimizer(rule, parameters);
  try {
    for (const values of steps) step(optimizer, values);
    if (withRest) {
      using rest = optimizer.prepareRest()!;
      rest.apply();
    }
    const values = new Map<string, number[]>();
    for (const [name, { read }] of optimizer.stateDict()) values.set(name, [...read()]);
    for (const [name, value] of parameters) values.set(name, [...value.dataSync()]);
    return values;
  } finally {
    optimizer.dispose();
    for (const value of parameters.values()) value.dispose();
    expect(memory().numTensors).toBe(before);
  }
}

function step(optimizer: Optimizer, values: Readonly<Record<string, number>>): void {
  const gradients = new Map(
    Object.entries(values).map(([name, value]): [string, Tensor] => [name, tensor([value, value / 2])]),
  );
  try {
    optimizer.update(gradients, { allowUnused: true }).gradientNorm?.dispose();
  } finally {
    for (const gradient of gradients.values()) gradient.dispose();
  }
}
