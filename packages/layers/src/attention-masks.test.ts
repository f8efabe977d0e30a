import { selectBackend, testBackends } from '@tenon/testing';
import { tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { causalMask, MASKED, newTokensMask, paddingMask } from './attention-masks.ts';

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));
  const ids = (rows: number[][]) => tensor2d(rows, undefined, 'int32');

  test('a causal mask hides what comes later', () => {
    const M = MASKED;
    expect(tidy(() => causalMask(3).arraySync())).toEqual([
      [
        [
          [0, M, M],
          [0, 0, M],
          [0, 0, 0],
        ],
      ],
    ]);
  });

  test('a padding mask hides padding from every query', () => {
    const mask = tidy(() =>
      paddingMask(
        ids([
          [0, 1],
          [1, 1],
        ]),
      ).arraySync(),
    );
    expect(mask).toEqual([[[[MASKED, 0]]], [[[0, 0]]]]);
  });

  test('new tokens have both, or none where there is nothing to hide', () => {
    expect(newTokensMask(1)).toBeUndefined();
    tidy(() => {
      expect(newTokensMask(2)!.shape).toEqual([1, 1, 2, 2]);
      expect(newTokensMask(1, ids([[0]]))!.arraySync()).toEqual([[[[MASKED]]]]);
      const both = newTokensMask(2, ids([[0, 1]]))!.arraySync();
      expect(both).toEqual([
        [
          [
            [MASKED, MASKED],
            [MASKED, 0],
          ],
        ],
      ]);
    });
  });
});
