import { expectClose, selectBackend, testBackends } from '@tenon/testing';
import { tensor1d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type ActivationName, activation, activationNames, isActivationName } from './activations.ts';

// Computed from the definitions in double precision, at −2, −0.5, 0, 1.
const EXPECTED: Record<ActivationName, number[]> = {
  gelu: [-0.04550026, -0.15426877, 0, 0.84134475],
  gelu_python: [-0.04550026, -0.15426877, 0, 0.84134475],
  gelu_new: [-0.04540231, -0.15428599, 0, 0.84119199],
  gelu_fast: [-0.04540231, -0.15428599, 0, 0.84119199],
  gelu_pytorch_tanh: [-0.04540231, -0.15428599, 0, 0.84119199],
  quick_gelu: [-0.06434138, -0.14961156, 0, 0.84579577],
  relu: [0, 0, 0, 1],
  elu: [-0.86466472, -0.39346934, 0, 1],
  tanh: [-0.96402758, -0.46211716, 0, 0.76159416],
  sigmoid: [0.11920292, 0.37754067, 0.5, 0.73105858],
  silu: [-0.23840584, -0.18877033, 0, 0.73105858],
  swish: [-0.23840584, -0.18877033, 0, 0.73105858],
  mish: [-0.25250148, -0.22074377, 0, 0.86509839],
  linear: [-2, -0.5, 0, 1],
};

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test.each(activationNames)('%s', (name) => {
    const values = tidy(() => activation(name)(tensor1d([-2, -0.5, 0, 1])).dataSync());
    expectClose(name, values, EXPECTED[name], { absolute: 1e-6, relative: 1e-5 });
  });
});

test('knows its names', () => {
  expect(isActivationName('gelu_new')).toBe(true);
  expect(isActivationName('toString')).toBe(false);
});
