import { RandomStream } from '@tenon/core';
import { moduleContract, selectBackend, testBackends } from '@tenon/testing';
import { tensor2d, tensor3d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { Conv1D } from './conv1d.ts';

const x = () =>
  tensor3d([
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
  ]);
const make = () => new Conv1D(3, 2, { random: new RandomStream(1) });

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  for (const { name, run } of moduleContract({ make, forward: (conv) => conv.forward(x()) })) test(name, run);

  test('multiplies by the weight [in, out]', () => {
    using conv = make();
    const weight = tensor2d([
      [1, 0],
      [0, 1],
      [0, 1],
    ]);
    conv.weight.assign(weight);
    weight.dispose();
    expect(tidy(() => conv.forward(x()).arraySync())).toEqual([
      [
        [1, 5],
        [4, 11],
      ],
    ]);
  });
});
