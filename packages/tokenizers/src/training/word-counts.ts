/** What stands before the first word, between two words and after the last. */
export const BOUNDARY = -1;

/** Symbols of 16 bits where they are enough: the line of them is the largest thing that a training holds. */
export type Symbols = Int16Array | Int32Array;

/** Distinct words as one line of symbols with a `BOUNDARY` at either end of each, and how often each word occurs. */
export interface WordCounts {
  readonly symbols: Symbols;
  readonly counts: Float64Array;
}

/**
 * @param length of the line
 * @param largest the largest symbol that is ever written, or the length of the longest word where that is more
 */
export function lineOfSymbols(length: number, largest: number): Symbols {
  return largest <= 0x7fff ? new Int16Array(length) : new Int32Array(length);
}
