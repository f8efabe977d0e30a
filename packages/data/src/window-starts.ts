import { RandomKey } from '@tenon/core';

/** The places in a text where a batch's windows start; `undefined` when there is no such batch. */
export type WindowStarts = (batch: number) => number[] | undefined;

/** Far beyond the calls in which a model's dropout draws with the same seed and step. */
const CALL = 2 ** 31;

/** What both orders have to know. A window takes one id more than its length: the last target. */
export interface WindowLayout {
  /** Ids in the text. */
  readonly size: number;
  readonly length: number;
  readonly batchSize: number;
}

/**
 * Starts drawn evenly over the whole text, without end. Those of batch k depend on the seed and k alone,
 * so that a resumed run goes on with what it would have seen.
 */
export function randomStarts({ size, length, batchSize }: WindowLayout, seed: number): WindowStarts {
  return (batch) => {
    const places = size - length;
    const bits = new RandomKey(seed, batch, CALL).bits(batchSize);
    return Array.from(bits, (word) => Math.floor(word * 2 ** -32 * places));
  };
}

/** One window after another, each starting where the last one's targets end. The rest that fills no window is left out. */
export function sequentialStarts({ size, length, batchSize }: WindowLayout): WindowStarts {
  const windows = Math.floor((size - 1) / length);
  return (batch) => {
    const first = batch * batchSize;
    if (first >= windows) return undefined;
    const count = Math.min(batchSize, windows - first);
    return Array.from({ length: count }, (_, i) => (first + i) * length);
  };
}
