import { type BatchSource, type Json, RandomKey, TenonError } from '@tenon/core';
import { type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';

/** Rows of random numbers, always the same ones for a seed. */
export interface NumberBatch {
  /** [N, 4] */
  readonly x: Tensor2D;
}

export interface NumberBatchOptions {
  readonly seed?: number;
  readonly rows?: number;
  readonly limit?: number;
}

/** Random rows, `rows` at a time, without end or up to `limit` batches. */
export function numberBatches(options: NumberBatchOptions = {}): BatchSource<NumberBatch> {
  const { seed = 1, rows = 8, limit = Number.POSITIVE_INFINITY } = options;
  let taken = 0;
  return {
    async next() {
      if (taken >= limit) return undefined;
      const values = new RandomKey(seed, 0, 0).normal((taken + 1) * rows * 4).slice(taken * rows * 4);
      taken++;
      return { x: tensor2d(values, [rows, 4]) };
    },
    position: () => ({ seed, taken }),
    seek(position: Json) {
      const place = position as { seed: number; taken: number };
      if (place.seed !== seed) {
        throw new TenonError({
          subject: 'batches',
          expected: `seed ${seed}`,
          got: String(place.seed),
          advice: 'Use the same.',
        });
      }
      taken = place.taken;
    },
  };
}
