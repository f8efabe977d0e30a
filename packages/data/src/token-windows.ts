import { assertWhole, type BatchSource, TenonError } from '@tenon/core';
import { type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import { batchesGiven, countedPosition } from './counted-position.ts';
import { randomStarts, sequentialStarts } from './window-starts.ts';

export interface TokenWindowOptions {
  /** T: tokens in a window, the context. */
  readonly length: number;
  /** B: windows in a batch. */
  readonly batchSize: number;
  /**
   * `random` draws windows without end; `sequential` goes through the text once, with a smaller last batch
   * where they do not come out even.
   * @default 'random'
   */
  readonly order?: 'random' | 'sequential';
  /** What random windows depend on. @default 42 */
  readonly seed?: number;
  /** The most batches to give. @default no limit */
  readonly limit?: number;
}

/** A batch for a causal language model. */
export interface TokenWindows {
  /** int32 [B, T] */
  readonly inputIds: Tensor2D;
  /** int32 [B, T]: the id that follows each of `inputIds`. */
  readonly targets: Tensor2D;
}

/**
 * Cuts a text into windows for language modelling. The position is the number of batches given, with what they depend on:
 * seeking it gives the same batches again, and another text's or another layout's is refused.
 *
 * @param ids the text as token ids.
 * @throws {TenonError} when the text is too short for one window.
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { tokenWindows } from '@tenon/data';
 *
 * const ids = Int32Array.from({ length: 9 }, (_, i) => i);
 * const batches = tokenWindows(ids, { length: 4, batchSize: 2, order: 'sequential' });
 * const batch = await batches.next();
 * console.log(batch?.inputIds.arraySync()); // [ [ 0, 1, 2, 3 ], [ 4, 5, 6, 7 ] ]
 * console.log(batch?.targets.arraySync()); // [ [ 1, 2, 3, 4 ], [ 5, 6, 7, 8 ] ]
 * ```
 */
export function tokenWindows(ids: Int32Array, options: TokenWindowOptions): BatchSource<TokenWindows> {
  const { length, batchSize, order = 'random', seed = 42, limit = Number.POSITIVE_INFINITY } = options;
  assertWhole('tokenWindows: length', length);
  assertWhole('tokenWindows: batchSize', batchSize);
  if (limit !== Number.POSITIVE_INFINITY) assertWhole('tokenWindows: limit', limit, 0);
  if (ids.length <= length) {
    throw new TenonError({
      subject: 'tokenWindows: text',
      expected: `at least length + 1 = ${length + 1} tokens`,
      got: String(ids.length),
      advice: 'Pass a longer text or a shorter length.',
    });
  }
  const layout = { size: ids.length, length, batchSize };
  const startsOf = order === 'random' ? randomStarts(layout, seed) : sequentialStarts(layout);
  const of = { tokens: ids.length, length, batchSize, order, ...(order === 'random' && { seed }) };
  let given = 0;
  return {
    async next() {
      const starts = given < limit ? startsOf(given) : undefined;
      if (starts === undefined) return undefined;
      given++;
      return { inputIds: gather(ids, starts, length), targets: gather(ids, starts, length, 1) };
    },
    position: () => countedPosition(given, of),
    seek(position) {
      given = batchesGiven('tokenWindows', position, of);
    },
  };
}

function gather(ids: Int32Array, starts: readonly number[], length: number, offset = 0): Tensor2D {
  const values = new Int32Array(starts.length * length);
  starts.forEach((start, row) => {
    values.set(ids.subarray(start + offset, start + offset + length), row * length);
  });
  return tensor2d(values, [starts.length, length], 'int32');
}
