import { TenonError } from '@tenon/core';

/**
 * @param subject whose heads they are: `GPT-2 heads`.
 * @throws {TenonError} when the heads do not share the channels evenly.
 */
export function assertHeads(subject: string, hiddenSize: number, heads: number): void {
  if (hiddenSize % heads === 0) return;
  throw new TenonError({
    subject,
    expected: `a divisor of hiddenSize ${hiddenSize}`,
    got: String(heads),
    advice: 'Change one of the two in the config.',
  });
}
