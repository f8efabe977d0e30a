import { TenonError } from '@tenon/core';
import { assertPairs } from './pairs.ts';

type Numbers = ArrayLike<number>;

/**
 * Pearson's correlation of two lists of numbers, Σ(x−x̄)(y−ȳ) / √(Σ(x−x̄)² Σ(y−ȳ)²), between −1 and 1. It is NaN where
 * all numbers of one side are the same.
 *
 * @throws {TenonError} when there are fewer than two numbers, or the lengths differ.
 * @example
 * ```ts
 * import { pearson } from '@tenon/trainers/metrics';
 *
 * console.log(pearson([1, 2, 3, 5], [1, 2, 3, 4]).toFixed(4)); // 0.9827
 * ```
 * @see Pearson 1895, Notes on regression and inheritance in the case of two parents
 */
export function pearson(labels: Numbers, predictions: Numbers): number {
  assertNumbers('pearson', labels, predictions);
  const [x, y] = [deviations(labels), deviations(predictions)];
  const product = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  // A root each and not one of the product, which may not be a number any more.
  const spread = Math.sqrt(product(x, x)) * Math.sqrt(product(y, y));
  return spread === 0 ? Number.NaN : Math.max(-1, Math.min(1, product(x, y) / spread));
}

/**
 * Spearman's rank correlation: Pearson's of the ranks, equal numbers sharing the mean of their ranks. It is NaN where all
 * numbers of one side are the same.
 *
 * @throws {TenonError} when there are fewer than two numbers, or the lengths differ.
 * @example
 * ```ts
 * import { spearman } from '@tenon/trainers/metrics';
 *
 * console.log(spearman([1, 2, 3, 4], [10, 20, 400, 30]).toFixed(4)); // 0.8000
 * ```
 * @see Spearman 1904, The proof and measurement of association between two things
 */
export function spearman(labels: Numbers, predictions: Numbers): number {
  assertNumbers('spearman', labels, predictions);
  return pearson(ranks(labels), ranks(predictions));
}

function deviations(values: Numbers): number[] {
  // The mean is taken of differences from the first number, so that a constant gives exact zeros.
  const differences = Array.from(values, (value) => value - values[0]!);
  const mean = differences.reduce((sum, value) => sum + value, 0) / values.length;
  return differences.map((value) => value - mean);
}

/** Ranks from 1 on, the mean of them for equal numbers. */
function ranks(values: Numbers): number[] {
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const result = new Array<number>(values.length);
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let i = from; i < to; i++) result[order[i]!] = (from + 1 + to) / 2;
  }
  return result;
}

function assertNumbers(subject: string, labels: Numbers, predictions: Numbers): void {
  assertPairs(subject, labels, predictions);
  const broken = [labels, predictions]
    .flatMap((side) => Array.from(side))
    .find((value) => !Number.isFinite(value));
  if (labels.length >= 2 && broken === undefined) return;
  throw new TenonError({
    subject,
    expected: broken === undefined ? 'at least two numbers' : 'finite numbers',
    got: broken === undefined ? 'one' : String(broken),
    advice:
      broken === undefined
        ? 'Score all examples together, not one by one.'
        : 'See why the model or the data gives it.',
  });
}
