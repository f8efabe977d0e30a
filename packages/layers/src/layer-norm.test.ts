import { expectClose, moduleContract, selectBackend, testBackends } from '@tenon/testing';
import { tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { LayerNorm } from './layer-norm.ts';

const x = () =>
  tensor2d([
    [1, 2, 3, 6],
    [0, 0, 0, 1],
  ]);

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  const contract = moduleContract({ make: () => new LayerNorm(4), forward: (norm) => norm.forward(x()) });
  for (const { name, run } of contract) test(name, run);

  test('gives rows of mean 0 and variance 1', () => {
    using norm = new LayerNorm(4, { epsilon: 0 });
    const root = Math.sqrt(3.5); // the first row's deviations are −2, −1, 0, 3
    const [first] = tidy(() => norm.forward(x()).arraySync());
    expectClose('first row', first!, [-2 / root, -1 / root, 0, 3 / root]);
  });

  test('adds epsilon to the variance, 1e-5 unless told', () => {
    const large = (epsilon?: number) => {
      using norm = new LayerNorm(4, epsilon === undefined ? {} : { epsilon });
      return tidy(() => norm.forward(tensor2d([[0, 0, 0, 0.01]])).dataSync()[3]!);
    };
    expect(large()).toBeCloseTo(0.0075 / Math.sqrt(1.875e-5 + 1e-5), 4);
    expect(large(1)).toBeCloseTo(0.0075, 4);
  });
});
