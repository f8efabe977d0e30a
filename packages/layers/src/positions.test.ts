import { selectBackend, testBackends } from '@tenon/testing';
import { tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { positionsFrom } from './positions.ts';

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('counts from the start', () => {
    tidy(() => {
      const positions = positionsFrom(5, 3);
      expect(positions.dtype).toBe('int32');
      expect(positions.arraySync()).toEqual([5, 6, 7]);
    });
  });
});
