import { type Labels, listed } from './classes.ts';
import { assertPairs } from './pairs.ts';

/**
 * The share of predictions that are right. Of a list of labels (multi-label) every one has to be, in any order: the
 * subset accuracy.
 *
 * @throws {TenonError} when there is nothing to compare, or the lengths differ.
 * @example
 * ```ts
 * import { accuracy } from '@tenon/trainers/metrics';
 *
 * console.log(accuracy([0, 1, 1, 0], [0, 1, 0, 0])); // 0.75
 * ```
 */
export function accuracy(labels: ArrayLike<Labels>, predictions: ArrayLike<Labels>): number {
  assertPairs('accuracy', labels, predictions);
  let right = 0;
  for (let i = 0; i < labels.length; i++) {
    const [expected, got] = [new Set(listed(labels[i]!)), new Set(listed(predictions[i]!))];
    if (expected.size === got.size && [...expected].every((label) => got.has(label))) right++;
  }
  return right / labels.length;
}
