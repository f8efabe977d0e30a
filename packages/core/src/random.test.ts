import { describe, expect, it } from 'vitest';
import { RandomKey, RandomStream, threefry2x32 } from './random.ts';

describe('threefry2x32', () => {
  // The known answers that the authors publish with their library Random123.
  it.each([
    [
      [0, 0],
      [0, 0],
      [0x6b200159, 0x99ba4efe],
    ],
    [
      [0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x1cb996fc, 0xbb002be7],
    ],
    [
      [0x13198a2e, 0x03707344],
      [0x243f6a88, 0x85a308d3],
      [0xc4923a9c, 0x483df7a0],
    ],
  ])('key %j, counter %j', (key, counter, answer) => {
    const out = new Uint32Array(2);
    threefry2x32(key[0]!, key[1]!, counter[0]!, counter[1]!, out);
    expect([...out]).toEqual(answer);
  });
});

describe('RandomKey', () => {
  it('is a pure function of seed, step and call', () => {
    expect(new RandomKey(1, 2, 3).bits(5)).toEqual(new RandomKey(1, 2, 3).bits(5));
    const firsts = [
      [1, 2, 3],
      [2, 2, 3],
      [1, 3, 3],
      [1, 2, 4],
    ].map(([seed, step, call]) => new RandomKey(seed!, step, call).bits(1)[0]);
    expect(new Set(firsts).size).toBe(4);
  });

  it('gives a longer draw the same beginning', () => {
    const key = new RandomKey(7);
    expect(key.bits(100).subarray(0, 9)).toEqual(key.bits(9));
    expect(key.normal(100).subarray(0, 9)).toEqual(key.normal(9));
  });

  it('draws uniform numbers in [0, 1) with the right moments', () => {
    const values = new RandomKey(3).uniform(100_000);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(Math.min(...values.subarray(0, 50_000))).toBeGreaterThanOrEqual(0);
    expect(values.every((value) => value < 1)).toBe(true);
    expect(mean).toBeCloseTo(0.5, 2);
    expect(variance).toBeCloseTo(1 / 12, 2);
  });

  it('draws normal numbers with the right moments and tails', () => {
    const values = new RandomKey(4).normal(200_000);
    const moment = (power: number): number =>
      values.reduce((sum, value) => sum + value ** power, 0) / values.length;
    expect(moment(1)).toBeCloseTo(0, 1);
    expect(moment(2)).toBeCloseTo(1, 1);
    expect(moment(4)).toBeCloseTo(3, 0);
    const beyondTwo = values.filter((value) => Math.abs(value) > 2).length / values.length;
    expect(beyondTwo).toBeCloseTo(0.0455, 2);
  });

  it('draws whole numbers below a bound', () => {
    const counts = [0, 0, 0];
    for (let call = 0; call < 3000; call++) counts[new RandomKey(5, 0, call).integer(3)]!++;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });
});

describe('RandomStream', () => {
  it('hands out one key after another', () => {
    const stream = new RandomStream(9, 4);
    const keys = [stream.next(), stream.next()];
    expect(keys.map(({ seed, step, call }) => [seed, step, call])).toEqual([
      [9, 4, 0],
      [9, 4, 1],
    ]);
  });
});
