import { describe, expect, test } from 'vitest';
import { compare, expectClose } from './compare.ts';

describe('compare', () => {
  test('gives the largest differences and where the worst is', () => {
    const result = compare([1, 2.5, -4.1], [1, 2, -4], { absolute: 0.01, relative: 0.01 });
    expect(result).toMatchObject({ pass: false, maxAbsolute: 0.5, maxRelative: 0.25, worstIndex: 1 });
  });

  test('allows the absolute tolerance and the relative one together', () => {
    expect(compare([10.0109], [10], { absolute: 0.001, relative: 0.001 }).pass).toBe(true);
    expect(compare([10.0111], [10], { absolute: 0.001, relative: 0.001 }).pass).toBe(false);
    expect(compare([0.5], [0.5], { absolute: 0, relative: 0 }).pass).toBe(true);
  });

  test.each([
    ['NaN', [Number.NaN], [1]],
    ['a NaN that is expected', [1], [Number.NaN]],
    ['an infinity', [Number.POSITIVE_INFINITY], [1]],
    ['another length', [1, 2], [1]],
  ])('never passes %s', (_, actual, expected) => {
    expect(compare(actual, expected, { absolute: 1e9, relative: 1e9 }).pass).toBe(false);
  });
});

test('expectClose says what differs and where', () => {
  expect(() => expectClose('logits', [1, 2], [1, 3])).toThrow(
    'logits: expected 3 at index 1, got 2. The largest difference is 1 (allowed 0.00002 + 0.0001 of the value).',
  );
  expect(() => expectClose('logits', [1], [1, 3])).toThrow(
    'logits: expected 2 values, got 1. Compare the shapes first.',
  );
  expectClose('logits', [1, 3], [1, 3.0001]);
});
