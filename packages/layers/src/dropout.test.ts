import { RandomStream } from '@tenon/core';
import { selectBackend, testBackends } from '@tenon/testing';
import { ones, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { dropout } from './dropout.ts';

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('drops the share it is told and makes up for it', () => {
    const values = tidy(() =>
      dropout(ones([100, 100]), 0.2, { training: true, random: new RandomStream(3) }).dataSync(),
    );
    const dropped = values.filter((value) => value === 0).length;
    expect(dropped / values.length).toBeCloseTo(0.2, 1);
    expect(values.every((value) => value === 0 || Math.abs(value - 1.25) < 1e-6)).toBe(true);
  });

  test('takes a new mask each time, and the same ones from the same seed and step', () => {
    const twice = (random: RandomStream) =>
      [0, 1].map(() =>
        tidy(() =>
          dropout(ones([50]), 0.5, { training: true, random })
            .dataSync()
            .join(),
        ),
      );
    const [first, second] = twice(new RandomStream(3, 7));
    expect(first).not.toBe(second);
    expect(twice(new RandomStream(3, 7))).toEqual([first, second]);
  });

  test('does nothing outside of training, or at rate 0', () => {
    const x = ones([3]);
    expect(dropout(x, 0.5, {})).toBe(x);
    expect(dropout(x, 0, { training: true })).toBe(x);
    x.dispose();
  });

  test('says what is missing', () => {
    const x = ones([3]);
    expect(() => dropout(x, 0.1, { training: true })).toThrow(
      'dropout: expected a random stream for training with rate 0.1, got none. ' +
        'Pass { training: true, random: new RandomStream(seed, step) }, or a config without dropout.',
    );
    x.dispose();
  });
});
