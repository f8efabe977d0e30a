import { RandomStream } from '@tenon/core';
import { expectClose, moduleContract, selectBackend, testBackends } from '@tenon/testing';
import { tensor2d, tensor3d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { FeedForward } from './feed-forward.ts';

const x = () =>
  tensor3d([
    [
      [1, -2, 0.5],
      [0.3, 0.2, -1],
    ],
  ]);
const make = (): FeedForward => new FeedForward(3, 5, { random: new RandomStream(1), activation: 'gelu' });

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  describe('contract', () => {
    for (const { name, run } of moduleContract({ make, forward: (layer) => layer.forward(x()) }))
      test(name, run);
  });

  test('is two linear maps with an activation between them', () => {
    using layer = new FeedForward(2, 3, { random: new RandomStream(1), bias: false });
    const weight = (values: number[], shape: [number, number]) => tensor2d(values, shape);
    tidy(() => {
      layer.fc1.weight.assign(weight([1, 0, 0, 1, -1, -1], [3, 2]));
      layer.fc2.weight.assign(weight([1, 2, 3, 4, 5, 6], [2, 3]));
      // fc1: (1, -2, 1); relu: (1, 0, 1); fc2: (1 + 3, 4 + 6)
      expectClose('output', layer.forward(tensor2d([[1, -2]])).dataSync(), [4, 10]);
    });
  });

  test('drops inner values when training only', () => {
    using layer = new FeedForward(3, 64, { random: new RandomStream(1), dropoutRate: 0.5 });
    tidy(() => {
      const [a, b] = [
        layer.forward(x()),
        layer.forward(x(), { training: true, random: new RandomStream(2) }),
      ];
      expect(b.dataSync()).not.toEqual(a.dataSync());
      expect(layer.forward(x()).dataSync()).toEqual(a.dataSync());
    });
  });
});

test('needs sizes', () => {
  expect(() => new FeedForward(3, 0, { random: new RandomStream(1) })).toThrow('FeedForward inner size');
});
