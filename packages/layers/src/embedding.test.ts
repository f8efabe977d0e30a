import { RandomStream } from '@tenon/core';
import { moduleContract, namedGradients, selectBackend, testBackends } from '@tenon/testing';
import { type Scalar, sum, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { Embedding } from './embedding.ts';

const make = () => new Embedding(5, 3, { random: new RandomStream(1) });
const ids = () => tensor2d([[4, 0, 4]], [1, 3], 'int32');

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  for (const { name, run } of moduleContract({ make, forward: (table) => table.forward(ids()) }))
    test(name, run);

  test('looks rows up', () => {
    using table = make();
    tidy(() => {
      const rows = table.weight.arraySync() as number[][];
      expect(table.forward(ids()).arraySync()).toEqual([[rows[4], rows[0], rows[4]]]);
    });
  });

  test('does not learn the row of padding', () => {
    using table = new Embedding(5, 3, { random: new RandomStream(1), paddingId: 4 });
    const gradient = namedGradients(table, () => tidy(() => sum(table.forward(ids())) as Scalar)).get(
      'weight',
    )!;
    const rows = gradient.arraySync() as number[][];
    gradient.dispose();
    expect(rows).toEqual([[1, 1, 1], ...[1, 2, 3, 4].map(() => [0, 0, 0])]);
  });
});
