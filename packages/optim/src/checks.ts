import { TenonError } from '@tenon/core';

/** @throws {TenonError} when the number is not above 0; `Infinity` is. */
export function assertAboveZero(subject: string, value: number, advice: string): void {
  if (value > 0) return;
  throw new TenonError({ subject, expected: 'a number above 0', got: String(value), advice });
}

/** @throws {TenonError} when the number is not finite and at least 0. */
export function assertNotNegative(subject: string, value: number, advice: string): void {
  if (Number.isFinite(value) && value >= 0) return;
  throw new TenonError({ subject, expected: 'a number of at least 0', got: String(value), advice });
}

/** @throws {TenonError} when the number is not in [0, 1). */
export function assertBelowOne(subject: string, value: number, advice: string): void {
  if (value >= 0 && value < 1) return;
  throw new TenonError({ subject, expected: 'a number in [0, 1)', got: String(value), advice });
}
