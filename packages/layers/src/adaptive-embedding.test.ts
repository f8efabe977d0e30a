// N tokens, C channels, V vocabulary.
import { RandomStream } from '@tenon/core';
import { expectClose, moduleContract, selectBackend, testBackends } from '@tenon/testing';
import { tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { AdaptiveEmbedding } from './adaptive-embedding.ts';

const ids = () => tensor1d([0, 5, 6, 9, 4, 7], 'int32');
const make = (options: { cutoffs?: number[]; divisor?: number; vectorSize?: number }) =>
  new AdaptiveEmbedding(10, 4, { random: new RandomStream(1), ...options });

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  describe.each([
    [{}],
    [{ cutoffs: [5, 7] }],
    [{ vectorSize: 6 }],
    [{ cutoffs: [5, 7], divisor: 2 }],
    [{ cutoffs: [1], divisor: 3, vectorSize: 9 }],
  ])('%j', (options) => {
    const contract = { make: () => make(options), forward: (it: AdaptiveEmbedding) => it.forward(ids()) };
    for (const { name, run } of moduleContract(contract)) test(name, run);

    test('projects the vector of each word from the table of its cluster, times √C', () => {
      using embedding = make(options);
      const { cutoffs = [], divisor = 1 } = options as { cutoffs?: number[]; divisor?: number };
      const rowOf = (id: number): number[] => {
        const cluster = divisor === 1 ? 0 : cutoffs.filter((cutoff) => id >= cutoff).length;
        const start = cluster === 0 ? 0 : cutoffs[cluster - 1]!;
        const vector = (embedding.emb_layers[cluster]!.weight.arraySync() as number[][])[id - start]!;
        const projection = embedding.emb_projs[cluster]?.arraySync() as number[][] | undefined;
        const projected =
          projection?.map((row) => row.reduce((sum, x, i) => sum + x * vector[i]!, 0)) ?? vector;
        return projected.map((x) => 2 * x);
      };
      tidy(() => {
        const got = embedding.forward(
          tensor2d(
            [
              [0, 5, 6],
              [9, 4, 7],
            ],
            undefined,
            'int32',
          ),
        );
        expect(got.shape).toEqual([2, 3, 4]);
        expectClose('rows', got.dataSync(), [0, 5, 6, 9, 4, 7].flatMap(rowOf), { absolute: 1e-7 });
      });
    });
  });

  test('refuses clusters that a vocabulary cannot have', () => {
    expect(() => make({ cutoffs: [7, 5] })).toThrow(
      "cutoffs: expected whole numbers that increase between 0 and the vocabulary's 10, got [7,5]. Pass where the second cluster begins, then the third, as in [20000, 40000].",
    );
    expect(() => make({ cutoffs: [10] })).toThrow('cutoffs: expected whole numbers that increase');
    expect(() => make({ cutoffs: [5, 7], divisor: 4 })).toThrow(
      'vectors of cluster 2: expected a length of at least 1, got 4 / 4^2. Take fewer cutoffs, longer vectors or a smaller divisor.',
    );
  });
});
