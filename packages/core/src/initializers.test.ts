import { describe, expect, it } from 'vitest';
import { constant, normal, ones, truncatedNormal, uniform, xavierUniform, zeros } from './initializers.ts';
import { RandomKey } from './random.ts';

const key = new RandomKey(11);
const deviation = (values: Float32Array): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
};

describe('initialisers', () => {
  it('fill with one value', () => {
    expect([...zeros([2, 2], key)]).toEqual([0, 0, 0, 0]);
    expect([...ones([3], key)]).toEqual([1, 1, 1]);
    expect([...constant(0.5)([], key)]).toEqual([0.5]);
  });

  it('normal has the deviation asked for', () => {
    expect(deviation(normal(0.02)([200, 200], key))).toBeCloseTo(0.02, 3);
  });

  it('uniform and Xavier stay inside their bounds and reach near them', () => {
    const bound = Math.sqrt(6 / 300);
    for (const values of [uniform(bound)([100, 200], key), xavierUniform([100, 200], key)]) {
      expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(bound);
      expect(deviation(values)).toBeCloseTo(bound / Math.sqrt(3), 3);
    }
  });

  it('truncated normal has no value beyond two deviations, at any size', () => {
    for (const size of [1, 2, 7, 40_000]) {
      const values = truncatedNormal(0.02)([size], key);
      expect(values).toHaveLength(size);
      expect(values.every((value) => value !== 0 && Math.abs(value) <= 0.04)).toBe(true);
    }
    expect(deviation(truncatedNormal(0.02)([40_000], key))).toBeCloseTo(0.02 * 0.8796, 3);
  });
});
