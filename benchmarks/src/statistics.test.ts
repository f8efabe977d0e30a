import { describe, expect, it } from 'vitest';
import { median, ratioOf } from './statistics.ts';

describe('median', () => {
  it('takes the middle, or the mean of the two there', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([7])).toBe(7);
    expect(median([])).toBeNaN();
  });

  it('leaves the values as they were', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

describe('ratioOf', () => {
  it('compares round by round, so that a slow round slows down both', () => {
    expect(ratioOf([100, 200, 100], [200, 400, 300])).toEqual({ median: 2, minimum: 2, maximum: 3 });
  });
});
