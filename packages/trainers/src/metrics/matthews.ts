import type { Label } from './classes.ts';
import { confusionMatrix } from './confusion-matrix.ts';

/**
 * Matthews' correlation coefficient, between −1 and 1; 0 is chance. With K classes it is Gorodkin's R_K: with c examples
 * right of s, and class k there t_k times and predicted p_k times,
 * (c·s − Σ t_k p_k) / √((s² − Σ p_k²)(s² − Σ t_k²)). Where all labels or all predictions are of one class it is 0.
 *
 * @throws {TenonError} when there is nothing to compare, or the lengths differ.
 * @example
 * ```ts
 * import { matthews } from '@tenon/trainers/metrics';
 *
 * console.log(matthews([1, 1, 1, 0], [1, 0, 1, 1])); // -0.3333333333333333
 * ```
 * @see Matthews 1975, Comparison of the predicted and observed secondary structure of T4 phage lysozyme
 * @see Gorodkin 2004, Comparing two K-category assignments by a K-category correlation coefficient
 */
export function matthews(labels: ArrayLike<Label>, predictions: ArrayLike<Label>): number {
  const { counts } = confusionMatrix(labels, predictions);
  const s = labels.length;
  const there = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  const predicted = counts.map((_, j) => counts.reduce((sum, row) => sum + row[j]!, 0));
  const right = counts.reduce((sum, row, k) => sum + row[k]!, 0);
  const spread = Math.sqrt((s * s - dot(predicted, predicted)) * (s * s - dot(there, there)));
  return spread === 0 ? 0 : (right * s - dot(there, predicted)) / spread;
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, k) => sum + value * b[k]!, 0);
