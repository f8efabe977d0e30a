// B streams, T time.

import type { BatchSource } from '@tenon/core';
import { type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import { type SegmentOptions, SegmentSource } from './segment-source.ts';

/** What `CausalLM` of @tenon/heads takes, with a state that goes on from batch to batch. */
export interface SegmentBatch {
  /** int32 [B, T] */
  readonly inputIds: Tensor2D;
  /** int32 [B, T]: the id that follows each of `inputIds`. */
  readonly targets: Tensor2D;
  /** Whether each row goes on where that of the batch before ended; if not, a state has to be emptied. */
  readonly continues: boolean;
}

/**
 * A long text as B streams, cut into segments that follow one another: row b of a batch goes on with row b of the one
 * before, so that a model with a memory reads on (Dai et al. 2019, Transformer-XL, section 3.2). Every id is a target once,
 * save the first and up to B − 1 at the end.
 *
 * @param ids the text as token ids.
 * @throws {TenonError} when the text is too short for a segment of each stream.
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { segmentBatches } from '@tenon/data';
 *
 * const ids = Int32Array.from({ length: 13 }, (_, i) => i);
 * const source = segmentBatches(ids, { batchSize: 2, length: 3 });
 * const [first, second] = [(await source.next())!, (await source.next())!];
 * console.log(first.inputIds.arraySync(), first.continues); // [ [ 0, 1, 2 ], [ 6, 7, 8 ] ] false
 * console.log(second.inputIds.arraySync(), second.continues); // [ [ 3, 4, 5 ], [ 9, 10, 11 ] ] true
 * for (const { inputIds, targets } of [first, second]) for (const tensor of [inputIds, targets]) tensor.dispose();
 * ```
 */
export function segmentBatches(ids: Int32Array, options: SegmentOptions): BatchSource<SegmentBatch> {
  const targets = Math.max(0, ids.length - 1);
  return new SegmentSource('segmentBatches', targets, options, ({ starts, length, continues }) => {
    const rows = (offset: number): Tensor2D => {
      const values = new Int32Array(starts.length * length);
      starts.forEach((start, row) => {
        values.set(ids.subarray(start + offset, start + offset + length), row * length);
      });
      return tensor2d(values, [starts.length, length], 'int32');
    };
    return { inputIds: rows(0), targets: rows(1), continues };
  });
}
