import { selectBackend, testBackends } from '@tenon/testing';
import { tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { mergeHeads, splitHeads, splitQueriesKeysValues } from './split-heads.ts';

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('gives each head its own channels, and back', () => {
    tidy(() => {
      // Two tokens of one sequence, two heads of two channels.
      const x = tensor2d([
        [1, 2, 3, 4],
        [5, 6, 7, 8],
      ]);
      const split = splitHeads(x, 1, 2);
      expect(split.arraySync()).toEqual([
        [
          [
            [1, 2],
            [5, 6],
          ],
          [
            [3, 4],
            [7, 8],
          ],
        ],
      ]);
      expect(mergeHeads(split).arraySync()).toEqual(x.arraySync());
    });
  });

  test('takes queries, keys and values from one projection', () => {
    tidy(() => {
      const row = Array.from({ length: 12 }, (_, i) => i);
      const [q, k, v] = splitQueriesKeysValues(tensor2d([row]), 1, 2);
      expect(q.arraySync()).toEqual([[[[0, 1]], [[2, 3]]]]);
      expect(k.arraySync()).toEqual([[[[4, 5]], [[6, 7]]]]);
      expect(v.arraySync()).toEqual([[[[8, 9]], [[10, 11]]]]);
    });
  });
});
