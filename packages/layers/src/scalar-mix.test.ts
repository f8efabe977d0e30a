import { expectClose, leakFree, moduleContract, selectBackend, testBackends } from '@tenon/testing';
import { type Tensor3D, tensor2d, tensor3d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { ScalarMix } from './scalar-mix.ts';

const layers = (): Tensor3D[] => [
  tensor3d([
    [
      [1, 2],
      [3, 4],
    ],
  ]),
  tensor3d([
    [
      [5, 6],
      [7, 8],
    ],
  ]),
  tensor3d([
    [
      [0, 0],
      [1, 0],
    ],
  ]),
];

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  describe.each([false, true])('contract, layerNorm %s', (layerNorm) => {
    const contract = moduleContract({
      make: () => new ScalarMix(3, { layerNorm, weights: [0.1, -0.4, 0.2] }),
      forward: (mix) => mix.forward(layers()),
    });
    for (const { name, run } of contract) test(name, run);
  });

  test('weights the layers by the softmax of theirs, times gamma', () => {
    using mix = new ScalarMix(3, { weights: [0, Math.log(2), Math.log(5)], gamma: 4 });
    expectClose(
      'mix',
      tidy(() => mix.forward(layers()).dataSync()),
      [5.5, 7, 11, 10],
    );
  });

  test('normalises over the tokens that count', () => {
    using mix = new ScalarMix(1, { layerNorm: true });
    tidy(() => {
      const layer = tensor3d([
        [
          [1, 3],
          [100, 100],
        ],
      ]);
      const got = mix.forward([layer], tensor2d([[1, 0]], undefined, 'int32')).dataSync();
      expectClose('the token', got.slice(0, 2), [-1, 1]);
      expectClose(
        'all tokens',
        mix
          .forward([
            tensor3d([
              [
                [1, 3],
                [1, 3],
              ],
            ]),
          ])
          .dataSync(),
        [-1, 1, -1, 1],
      );
    });
  });

  test('is not trained where it is frozen', () => {
    using mix = new ScalarMix(2, { trained: false });
    expect([...mix.parameters()].map(([name, { trainable }]) => [name, trainable])).toEqual([
      ['weights', false],
      ['gamma', false],
    ]);
  });

  test('refuses other numbers of layers', async () => {
    await leakFree(() => {
      expect(() => new ScalarMix(3, { weights: [1, 2] })).toThrow(
        'ScalarMix weights: expected one for each of 3 layers, got 2. The output of the embeddings counts as a layer.',
      );
    });
    using mix = new ScalarMix(2);
    tidy(() => {
      expect(() => mix.forward(layers())).toThrow(
        'layers to mix: expected 2, got 3. Make the mix for as many layers as the model has, the output of its embeddings included.',
      );
    });
  });
});
