const MARKER = Symbol.for('tenon.error');

/**
 * What this package throws: a message that says what was expected, what was got and what to do.
 * `instanceof` holds across copies of the package, since it reads a registered symbol and not the class.
 */
export class TokenizerError extends Error {
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (typeof value !== 'object' || value === null) return false;
    return Reflect.get(value, MARKER) === true && Reflect.get(value, 'name') === 'TokenizerError';
  }
}

Object.defineProperties(TokenizerError.prototype, {
  [MARKER]: { value: true },
  name: { value: 'TokenizerError', configurable: true, writable: true },
});

/** A value as an error message shows it: short, quoted where it is text. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}

/** A code point as Unicode writes it: `U+00E9`. */
export function codePointName(codePoint: number): string {
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
}
