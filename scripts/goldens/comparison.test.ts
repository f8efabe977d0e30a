import { describe, expect, it } from 'vitest';
import { Comparison } from './comparison.ts';

describe('Comparison', () => {
  it('passes within the tolerance and remembers the worst', () => {
    const comparison = new Comparison();
    comparison.numbers('small', [1, 2], [1, 2.00001]);
    comparison.numbers('larger', [100], [100.009]);
    expect(comparison.verdict).toBe('pass');
    expect(comparison.worst?.name).toBe('larger');
    expect(comparison.worst?.absolute).toBeCloseTo(0.009, 6);
  });

  it('fails beyond it', () => {
    const comparison = new Comparison();
    comparison.numbers('logits', [1.001], [1]);
    expect(comparison.verdict).toBe('fail');
    expect(comparison.failures).toEqual([
      'logits: expected within 0.00002 + 0.0001·|x|, got a difference of 1.00e-3',
    ]);
  });

  it('never passes what is not a number, on either side', () => {
    for (const [got, expected] of [
      [Number.NaN, 1],
      [1, Number.NaN],
      [Number.NaN, Number.NaN],
      [Number.POSITIVE_INFINITY, 1],
      [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    ] as const) {
      const comparison = new Comparison();
      comparison.numbers('x', [0, got], [0, expected]);
      expect(comparison.verdict).toBe('fail');
    }
  });

  it('fails another count, and passes nothing when nothing was compared', () => {
    const comparison = new Comparison();
    expect(comparison.verdict).toBe('skip');
    comparison.numbers('x', [1], [1, 2]);
    expect(comparison.failures).toEqual(['x: expected 2 values, got 1']);
  });

  it('says that a case with unknown parts passed in part', () => {
    const comparison = new Comparison();
    comparison.integers('ids', [1, 2], [1, 2]);
    comparison.unknown.push('beam');
    expect(comparison.verdict).toBe('part');
  });
});
