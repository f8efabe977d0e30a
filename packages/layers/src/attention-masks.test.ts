import { selectBackend, testBackends } from '@tenon/testing';
import { tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { causalMask, MASKED, newTokensMask, paddingMask, pastWindowMask } from './attention-masks.ts';

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

  test('a window hides what lies too far back, among new tokens and in a cache', () => {
    const M = MASKED;
    expect(tidy(() => causalMask(4, 2).arraySync())).toEqual([
      [
        [
          [0, M, M, M],
          [0, 0, M, M],
          [M, 0, 0, M],
          [M, M, 0, 0],
        ],
      ],
    ]);
    // Three slots of five are filled: tokens 3 and 4 see from 1 and from 2 on.
    const past = tidy(() => pastWindowMask({ past: 3, time: 2, slots: 5, window: 3 }).arraySync());
    expect(past).toEqual([
      [
        [
          [M, 0, 0, 0, 0],
          [M, M, 0, 0, 0],
        ],
      ],
    ]);
    const far = tidy(() => pastWindowMask({ past: 2, time: 3, slots: 2, window: 1 }).arraySync());
    expect(far).toEqual([
      [
        [
          [M, M],
          [M, M],
          [M, M],
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
