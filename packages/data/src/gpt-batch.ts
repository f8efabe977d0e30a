import { TenonError } from '@tenon/core';
import { type Tensor1D, type Tensor2D, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { GPTRow } from './gpt-rows.ts';

const IGNORED = -100;

export interface GPTBatchOptions {
  /** The token at the places that are filled up; nothing looks at it. @default 0 */
  readonly padding?: number;
  /** Fill up to this many tokens, where every batch is to have the same shape. @default the longest row */
  readonly length?: number;
}

/** Sequences as tensors: N rows of T tokens. */
export interface GPTBatch {
  /** int32 [N, T], filled up on the right. */
  readonly inputIds: Tensor2D;
  /** int32 [N, T], 1 = token, 0 = padding. A head that looks at the last token sees the extract token. */
  readonly attentionMask: Tensor2D;
  /** int32 [N]: where the extract token of each row is. */
  readonly extractIndices: Tensor1D;
  /** int32 [N, T]: the ids again, −100 at padding, for the auxiliary language model (the paper's L1). */
  readonly lmLabels: Tensor2D;
}

/**
 * Rows of a task as the tensors of a batch: those of one example (two of a similarity, one for each choice) stay
 * one after another. The caller disposes of the tensors and adds the task's own labels.
 *
 * @throws {TenonError} when there is no row, or one is longer than `length`.
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { gptBatch, gptChoiceRows } from '@tenon/data';
 *
 * const tokens = { start: 100, delimiter: 101, extract: 102 };
 * const batch = gptBatch(gptChoiceRows([7, 8], [[9], [10, 11]], { tokens }));
 * console.log(batch.inputIds.arraySync()); // [ [ 100, 7, 8, 101, 9, 102, 0 ], [ 100, 7, 8, 101, 10, 11, 102 ] ]
 * console.log(batch.extractIndices.arraySync()); // [ 5, 6 ]
 * ```
 */
export function gptBatch(rows: readonly GPTRow[], { padding = 0, length }: GPTBatchOptions = {}): GPTBatch {
  const longest = Math.max(0, ...rows.map(({ ids }) => ids.length));
  const T = length ?? longest;
  if (rows.length === 0 || longest > T) {
    throw new TenonError({
      subject: 'gptBatch',
      expected: rows.length === 0 ? 'at least one row' : `rows of at most length = ${T} tokens`,
      got: rows.length === 0 ? 'none' : String(longest),
      advice: rows.length === 0 ? 'Pass the rows of a task.' : 'Make the rows with maxLength = length.',
    });
  }
  const filled = (row: readonly number[], rest: number): number[] =>
    Array.from({ length: T }, (_, t) => row[t] ?? rest);
  const table = (values: (row: GPTRow) => number[]): Tensor2D =>
    tensor2d(rows.flatMap(values), [rows.length, T], 'int32');
  return {
    inputIds: table(({ ids }) => filled(ids, padding)),
    attentionMask: table(({ ids }) =>
      filled(
        ids.map(() => 1),
        0,
      ),
    ),
    extractIndices: tensor1d(
      rows.map(({ extractIndex }) => extractIndex),
      'int32',
    ),
    lmLabels: table(({ ids }) => filled(ids, IGNORED)),
  };
}
