// B batch, T time.

import { type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';

export interface PaddingOptions {
  /**
   * Rows are filled up to a multiple of this many tokens, though never beyond the longest row that may be: each length of
   * its own is a graph of its own to the engine.
   * @default 8
   */
  readonly padToMultipleOf?: number;
}

/** T for rows of which the longest has `longest` tokens, and none may have more than `maxLength`. */
export function paddedLength(longest: number, multiple: number, maxLength: number): number {
  return Math.min(Math.ceil(longest / multiple) * multiple, Math.max(maxLength, longest));
}

/** Rows as one tensor, int32 [B, T], filled up on the right. */
export function paddedRows(rows: readonly ArrayLike<number>[], length: number, filling: number): Tensor2D {
  const values = new Int32Array(rows.length * length).fill(filling);
  rows.forEach((row, i) => {
    values.set(row, i * length);
  });
  return tensor2d(values, [rows.length, length], 'int32');
}

/** What a model is told of padding: int32 [B, T], 1 = token, 0 = padding. */
export function maskOfRows(rows: readonly ArrayLike<unknown>[], length: number): Tensor2D {
  const values = new Int32Array(rows.length * length);
  rows.forEach((row, i) => {
    values.fill(1, i * length, i * length + row.length);
  });
  return tensor2d(values, [rows.length, length], 'int32');
}
