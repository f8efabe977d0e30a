import { TenonError } from '@tenon/core';

export interface Tolerance {
  /** @default 2e-5 */
  readonly absolute?: number;
  /** Of the expected value. @default 1e-4 */
  readonly relative?: number;
}

export interface Comparison {
  /** Whether every |actual − expected| is at most absolute + relative · |expected|. */
  readonly pass: boolean;
  readonly maxAbsolute: number;
  /** The largest |actual − expected| / |expected|, over expected values beyond the absolute tolerance. */
  readonly maxRelative: number;
  /** Where the tolerance is exceeded most, or least far from it. */
  readonly worstIndex: number;
}

/** Compares numbers with the goldens' tolerance: a NaN, an infinity or another length never passes. */
export function compare(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: Tolerance = {},
): Comparison {
  const { absolute = 2e-5, relative = 1e-4 } = tolerance;
  if (actual.length !== expected.length) {
    return { pass: false, maxAbsolute: Infinity, maxRelative: Infinity, worstIndex: -1 };
  }
  let maxAbsolute = 0;
  let maxRelative = 0;
  let worstIndex = 0;
  let worstShare = 0;
  for (let i = 0; i < expected.length; i++) {
    const size = Math.abs(expected[i]!);
    const difference = actual[i] === expected[i] ? 0 : Math.abs(actual[i]! - expected[i]!);
    const gap = orInfinity(difference);
    maxAbsolute = Math.max(maxAbsolute, gap);
    if (size > absolute) maxRelative = Math.max(maxRelative, gap / size);
    const share = gap === 0 ? 0 : orInfinity(gap / (absolute + relative * size));
    if (share > worstShare) {
      worstShare = share;
      worstIndex = i;
    }
  }
  return { pass: worstShare <= 1, maxAbsolute, maxRelative, worstIndex };
}

/** NaN compares as neither larger nor smaller, so it is turned into what is larger than anything. */
const orInfinity = (value: number): number => (Number.isNaN(value) ? Infinity : value);

/**
 * Asserts that two lists of numbers agree.
 *
 * @param subject what is compared, for the message.
 * @throws {TenonError} naming the worst difference and its place.
 */
export function expectClose(
  subject: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: Tolerance = {},
): void {
  const { pass, maxAbsolute, worstIndex } = compare(actual, expected, tolerance);
  if (pass) return;
  if (actual.length !== expected.length) {
    throw new TenonError({
      subject,
      expected: `${expected.length} values`,
      got: String(actual.length),
      advice: 'Compare the shapes first.',
    });
  }
  throw new TenonError({
    subject,
    expected: `${expected[worstIndex]} at index ${worstIndex}`,
    got: String(actual[worstIndex]),
    advice: `The largest difference is ${maxAbsolute} (allowed ${tolerance.absolute ?? 2e-5} + ${tolerance.relative ?? 1e-4} of the value).`,
  });
}
