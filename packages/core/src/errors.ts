const MARK: unique symbol = Symbol.for('tenon.error');

/** The three things an error has to say: what was expected, what came, and what to do now. */
export interface ErrorParts {
  /** What the error is about: an argument, a file, a parameter. */
  subject: string;
  expected: string;
  got: string;
  /** What the reader can do about it. */
  advice: string;
}

/**
 * The base of every error that Tenon throws on purpose.
 *
 * `instanceof TenonError` holds across copies of this package, which plain `instanceof` does not.
 *
 * @example
 * ```ts
 * import { TenonError } from '@tenon/core';
 *
 * try {
 *   throw new TenonError({ subject: 'batch size', expected: 'a whole number above 0', got: '-3', advice: 'Pass 1 or more.' });
 * } catch (error) {
 *   if (error instanceof TenonError) console.log(error.message); // batch size: expected a whole number above 0, got -3. Pass 1 or more.
 * }
 * ```
 */
export class TenonError extends Error {
  static {
    Object.defineProperty(TenonError.prototype, MARK, { value: true });
  }

  override readonly name: string = 'TenonError';
  /** What the message is made of. */
  readonly parts: Readonly<ErrorParts>;

  constructor(parts: ErrorParts, options?: ErrorOptions) {
    super(`${parts.subject}: expected ${parts.expected}, got ${parts.got}. ${parts.advice}`, options);
    this.parts = parts;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this === TenonError) return typeof value === 'object' && value !== null && MARK in value;
    return Function.prototype[Symbol.hasInstance].call(this, value);
  }
}

/** `[2, 8]`: how shapes are written in messages. */
export function formatShape(shape: readonly (number | string)[]): string {
  return `[${shape.join(', ')}]`;
}

/**
 * Checks a shape against a pattern in which a `string` names a free dimension.
 *
 * @throws {TenonError} when rank or a fixed dimension differ.
 */
export function assertShape(
  subject: string,
  shape: readonly number[],
  pattern: readonly (number | string)[],
  advice: string,
): void {
  const fits =
    shape.length === pattern.length &&
    pattern.every((dimension, axis) => typeof dimension === 'string' || dimension === shape[axis]);
  if (!fits)
    throw new TenonError({ subject, expected: formatShape(pattern), got: formatShape(shape), advice });
}

/**
 * Checks that a number is a whole one of at least `minimum`.
 *
 * @throws {TenonError}
 */
export function assertWhole(subject: string, value: number, minimum = 1): void {
  if (Number.isInteger(value) && value >= minimum) return;
  throw new TenonError({
    subject,
    expected: `a whole number of at least ${minimum}`,
    got: String(value),
    advice: 'Pass a whole number.',
  });
}

/**
 * Checks that a tensor holds whole numbers to index with.
 *
 * @throws {TenonError} when its type is not int32.
 */
export function assertInt32(subject: string, tensor: { readonly dtype: string }): void {
  if (tensor.dtype === 'int32') return;
  const advice = "Make the tensor with the type 'int32'.";
  throw new TenonError({ subject, expected: 'an int32 tensor', got: tensor.dtype, advice });
}
