import { expectClose, selectBackend, testBackends } from '@tenon/testing';
import { matMul, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { rotaryFrequencies, rotate, rotation } from './rotary.ts';

const frequencies = rotaryFrequencies(4, 100);

test('frequencies fall from 1 by the base', () => {
  expect(frequencies).toEqual([1, 0.1]);
  expect(() => rotaryFrequencies(3, 100)).toThrow(
    'head size with rotary positions: expected an even number, got 3. Its values are turned in pairs.',
  );
});

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  const x = () => tensor4d([0.3, -1, 2, 0.5], [1, 1, 1, 4]);
  const y = () => tensor4d([1, 0.7, -0.2, 1.5], [1, 1, 1, 4]);
  /** q · k, each at its position. */
  const product = (query: number, key: number): number =>
    tidy(() => {
      const q = rotate(x(), rotation([query], 1, frequencies));
      const k = rotate(y(), rotation([key], 1, frequencies));
      return matMul(q, k, false, true).dataSync()[0]!;
    });

  test('turns the pairs (i, i + D/2)', () => {
    const turned = tidy(() => rotate(x(), rotation([2], 1, frequencies)).dataSync());
    const [a, b, c, d] = [0.3, -1, 2, 0.5];
    const [cos, sin] = [Math.cos, Math.sin];
    expectClose('turned', turned, [
      a * cos(2) - c * sin(2),
      b * cos(0.2) - d * sin(0.2),
      c * cos(2) + a * sin(2),
      d * cos(0.2) + b * sin(0.2),
    ]);
  });

  test('products depend on distances alone', () => {
    expectClose(
      'products at a distance of 3',
      [product(3, 0), product(10, 7)],
      [product(5, 2), product(5, 2)],
    );
    expect(Math.abs(product(3, 0) - product(4, 0))).toBeGreaterThan(0.01);
  });

  test('positions of their own for each text', () => {
    const both = rotation([0, 1, 5, 6], 2, frequencies);
    expect(both.cosines.shape).toEqual([2, 1, 2, 4]);
    const one = rotation([5, 6], 2, frequencies);
    expect([...both.sines.dataSync()].slice(8)).toEqual([...one.sines.dataSync()]);
  });
});
