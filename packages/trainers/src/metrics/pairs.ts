import { TenonError } from '@tenon/core';

/**
 * Checks that two lists go together: as long as each other, and not empty.
 *
 * @throws {TenonError}
 */
export function assertPairs(
  subject: string,
  labels: ArrayLike<unknown>,
  predictions: ArrayLike<unknown>,
  names: readonly [string, string] = ['labels', 'predictions'],
): void {
  if (labels.length === predictions.length && labels.length > 0) return;
  throw new TenonError({
    subject,
    expected: `as many ${names[1]} as ${names[0]}, at least one`,
    got: `${predictions.length} and ${labels.length}`,
    advice: `Pass the ${names[0]}, then the ${names[1]}, in the same order.`,
  });
}
