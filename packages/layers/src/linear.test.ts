import { constant, normal, RandomStream } from '@tenon/core';
import { moduleContract, selectBackend, testBackends } from '@tenon/testing';
import { tensor2d, tensor3d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { Linear } from './linear.ts';

const x = () =>
  tensor3d([
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
  ]);
const make = () => new Linear(3, 2, { random: new RandomStream(1) });

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  for (const { name, run } of moduleContract({ make, forward: (linear) => linear.forward(x()) }))
    test(name, run);

  test('multiplies by the weight [out, in] and adds the bias', () => {
    using linear = new Linear(3, 2, { random: new RandomStream(1), bias: constant(10) });
    const weight = tensor2d([
      [1, 0, 0],
      [0, 1, 1],
    ]);
    linear.weight.assign(weight);
    weight.dispose();
    expect(tidy(() => linear.forward(x()).arraySync())).toEqual([
      [
        [11, 15],
        [14, 21],
      ],
    ]);
  });

  test('can be without a bias', () => {
    using linear = new Linear(3, 2, { random: new RandomStream(1), bias: false });
    expect([...linear.parameters().keys()]).toEqual(['weight']);
    expect(tidy(() => linear.forward(tensor2d([[0, 0, 0]])).arraySync())).toEqual([[0, 0]]);
  });

  test('starts within 1 / √in, or as asked', () => {
    using linear = new Linear(100, 20, { random: new RandomStream(1) });
    const values = linear.weight.dataSync();
    expect(Math.max(...values)).toBeLessThan(0.1);
    expect(Math.max(...values)).toBeGreaterThan(0.09);
    using other = new Linear(100, 20, { random: new RandomStream(1), weight: normal(1) });
    expect(Math.max(...other.weight.dataSync())).toBeGreaterThan(2);
  });

  test('refuses a size that is no whole number', () => {
    expect(() => new Linear(2.5, 2, { random: new RandomStream(1) })).toThrow(
      'Linear input size: expected a whole number of at least 1, got 2.5. Pass a whole number.',
    );
  });
});
