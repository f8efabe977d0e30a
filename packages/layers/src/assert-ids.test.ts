import { selectBackend, testBackends } from '@tenon/testing';
import { scalar, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { assertIds } from './assert-ids.ts';

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('names the first id that is outside', () => {
    const check = (rows: number[][]) =>
      tidy(() => assertIds('ids', tensor2d(rows, undefined, 'int32'), 5, 'Look.'));
    expect(() =>
      check([
        [0, 4],
        [2, 1],
      ]),
    ).not.toThrow();
    expect(() =>
      check([
        [0, 4],
        [5, -1],
      ]),
    ).toThrow('ids: expected int32 numbers in [0, 5), got 5 at [1, 0]. Look.');
    expect(() => check([[0, -100]])).toThrow(
      'ids: expected int32 numbers in [0, 5), got -100 at [0, 1]. Look.',
    );
  });

  test('wants int32', () => {
    const check = () => tidy(() => assertIds('ids', tensor1d([1, 2]), 5, 'Look.'));
    expect(check).toThrow(
      "ids: expected int32 numbers in [0, 5), got dtype float32. Make the tensor with 'int32'.",
    );
    tidy(() => assertIds('ids', scalar(1, 'int32'), 5, 'Look.'));
  });
});
