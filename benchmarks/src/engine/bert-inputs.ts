// What BERT reads in the benchmark: texts of different lengths, the second half of each the second segment.
// The peers make the same.
import { integers } from './formula.ts';

export interface BertInputSize {
  readonly batch: number;
  readonly tokens: number;
  readonly vocabulary: number;
}

/** Numbers of int32 tensors [batch, tokens], by their names in the exported model. */
export interface BertNumbers {
  readonly inputIds: Int32Array;
  readonly tokenTypeIds: Int32Array;
  readonly attentionMask: Int32Array;
}

export function bertNumbers({ batch, tokens, vocabulary }: BertInputSize, call: number): BertNumbers {
  const grid = (value: (row: number, column: number) => number): Int32Array =>
    Int32Array.from({ length: batch * tokens }, (_, i) => value(Math.floor(i / tokens), i % tokens));
  return {
    inputIds: integers(batch * tokens, vocabulary, call),
    tokenTypeIds: grid((_, column) => (column < tokens / 2 ? 0 : 1)),
    attentionMask: grid((row, column) => (column < tokens - ((5 * row) % (tokens / 2)) ? 1 : 0)),
  };
}

/** The checked part of a hidden state. */
export const CHECKED = 8;
