import { describe, expect, test } from 'vitest';
import { constant, warmupCosine, warmupLinear } from './schedules.ts';

describe('schedules', () => {
  test('constant is the same at every step', () => {
    expect([0, 5, 1e6].map(constant(0.25))).toEqual([0.25, 0.25, 0.25]);
  });

  test('warmupLinear climbs from 0 to the peak and falls to the end', () => {
    const schedule = warmupLinear({ peak: 1, warmupSteps: 4, totalSteps: 12, end: 0.2 });
    expect([0, 1, 4, 8, 12, 100].map(schedule)).toEqual([0, 0.25, 1, expect.closeTo(0.6, 12), 0.2, 0.2]);
  });

  test('warmupCosine is half a cosine after the peak', () => {
    const schedule = warmupCosine({ peak: 1, warmupSteps: 2, totalSteps: 10 });
    expect([0, 1, 2, 10].map(schedule)).toEqual([0, 0.5, 1, 0]);
    expect(schedule(6)).toBeCloseTo(0.5, 12);
    expect(schedule(4)).toBeCloseTo((1 + Math.SQRT1_2) / 2, 12);
  });

  test('a warm-up may begin above 0', () => {
    const schedule = warmupLinear({ peak: 1, warmupSteps: 4, totalSteps: 12, start: 0.2 });
    expect([0, 1, 3, 4].map(schedule)).toEqual([0.2, 0.4, expect.closeTo(0.8, 12), 1]);
  });

  test('without warm-up the first step has the peak', () => {
    expect(warmupLinear({ peak: 3, warmupSteps: 0, totalSteps: 3 })(0)).toBe(3);
  });

  test('a warm-up longer than the whole is refused', () => {
    expect(() => warmupLinear({ peak: 1, warmupSteps: 5, totalSteps: 4 })).toThrow(
      'schedule: warmupSteps: expected at most totalSteps = 4, got 5. Shorten the warm-up.',
    );
  });

  test('rates must be numbers of at least 0', () => {
    expect(() => constant(-1)).toThrow('constant: rate: expected a number of at least 0, got -1.');
    expect(() => warmupCosine({ peak: Number.NaN, warmupSteps: 0, totalSteps: 1 })).toThrow(
      'schedule: peak: expected a number of at least 0, got NaN.',
    );
  });
});
