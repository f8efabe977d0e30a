import { TenonError } from '@tenon/core';

/**
 * Checks a number that a run cannot go on without.
 *
 * @param state A sentence about what was done and what is safe.
 * @throws {TenonError} when it is NaN or infinite.
 */
export function assertFinite(subject: string, value: number, state?: string): void {
  if (Number.isFinite(value)) return;
  const remedy = 'Lower the learning rate, warm up longer or clip the gradients.';
  throw new TenonError({
    subject,
    expected: 'a finite number',
    got: String(value),
    advice: state === undefined ? remedy : `${state} ${remedy}`,
  });
}
