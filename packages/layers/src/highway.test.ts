import { RandomStream } from '@tenon/core';
import { expectClose, moduleContract, selectBackend, testBackends } from '@tenon/testing';
import { tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { Highway } from './highway.ts';

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));
  const x = () => tensor2d([[1, -2, 3]]);

  const contract = moduleContract({
    make: () => new Highway(3, { random: new RandomStream(1) }),
    forward: (highway) => highway.forward(x()),
  });
  for (const { name, run } of contract) test(name, run);

  test('lets through what the gate says, and transforms the rest', () => {
    using highway = new Highway(3, {
      random: new RandomStream(1),
      weight: (shape) => new Float32Array(shape[0]! * shape[1]!),
    });
    const bias = tensor1d([5, -5, 5, 100, 0, -100]); // relu gives 5, 0, 5; gates are 1, 1/2, 0
    highway.bias.assign(bias);
    bias.dispose();
    expectClose(
      'outputs',
      tidy(() => highway.forward(x()).dataSync()),
      [1, -1, 5],
    );
  });

  test('starts with open gates', () => {
    using highway = new Highway(2, { random: new RandomStream(1) });
    expect([...highway.bias.dataSync()]).toEqual([0, 0, 2, 2]);
  });
});
