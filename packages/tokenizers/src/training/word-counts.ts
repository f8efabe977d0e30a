/** What stands before the first word, between two words and after the last. */
export const BOUNDARY = -1;

/** Distinct words as one line of symbols with a `BOUNDARY` at either end of each, and how often each word occurs. */
export interface WordCounts {
  readonly symbols: Int32Array;
  readonly counts: Float64Array;
}
