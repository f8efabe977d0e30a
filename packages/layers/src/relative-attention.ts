// H heads, B batch, T queries, S keys, D head size. Heads come first, so that one product serves a whole batch.
import {
  add,
  matMul,
  type Rank,
  reshape,
  slice,
  softmax,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  transpose,
} from '@tensorflow/tfjs-core';
import { type DropoutOptions, dropout } from './dropout.ts';

export interface RelativeAttention {
  /** Queries that ask for content, already divided by √D: [H, B, T, D]. */
  readonly contentQueries: Tensor4D;
  /** Queries that ask for distances, already divided by √D: [H, B, T, D]. */
  readonly distanceQueries: Tensor4D;
  /** [H, B, S, D], those of the T queries last. */
  readonly keys: Tensor4D;
  /** [H, B, S, D] */
  readonly values: Tensor4D;
  /** Keys of the distances that `relativeDistances(S)` lists, [H, S + 1, D]. */
  readonly distanceKeys: Tensor3D;
  /** Added to the scores of these distances: [H, 1, S + 1]. */
  readonly distanceBias?: Tensor3D;
  /** Added to all scores; it must hide what comes after a query. Of a shape that broadcasts to [H, B, T, S]. */
  readonly mask: Tensor;
  /** Share of the weights that is dropped when training. @default 0 */
  readonly dropoutRate?: number;
  /** Whether to drop, and where from: the options of `encode`. */
  readonly dropout?: DropoutOptions;
}

/**
 * Attention by content and by distance (Dai et al. 2019, section 3.3): the score of query i and key j is
 * content query · key + distance query · key of the distance i − j.
 *
 * @returns the output [H, B, T, D] and the weights [H, B, T, S]
 */
export function attendRelative(options: RelativeAttention): { output: Tensor4D; weights: Tensor4D } {
  const { contentQueries, distanceQueries, keys, values, distanceKeys, distanceBias, mask } = options;
  const [heads, batch, time, size] = distanceQueries.shape;
  const rows = reshape<Rank.R3>(distanceQueries, [heads, batch * time, size]);
  const byDistance = matMul<Tensor3D>(rows, distanceKeys, false, true); // [H, B·T, S + 1]
  const biased = distanceBias === undefined ? byDistance : add<Tensor3D>(byDistance, distanceBias);
  const content = matMul<Tensor4D>(contentQueries, keys, false, true); // [H, B, T, S]
  const scores = add(add(content, relativeShift(biased, batch)), mask);
  const weights = dropout(softmax(scores) as Tensor4D, options.dropoutRate ?? 0, options.dropout ?? {});
  return { output: matMul<Tensor4D>(weights, values), weights };
}

/**
 * Distances of T queries to S keys, in the order that `attendRelative` wants their keys in: S − 1, S − 2, …, 0, and −1, which
 * is only there to make a row one longer than S.
 */
export function relativeDistances(keys: number): Int32Array {
  return Int32Array.from({ length: keys + 1 }, (_, i) => keys - 1 - i);
}

/**
 * Scores by distance [H, B·T, S + 1] to scores by key [H, B, T, S]. Row t has to move T − 1 − t places to the
 * left: in rows that are one too long, reading on in steps of S does just that. It costs one copy. What comes
 * after a query gets some other number.
 */
function relativeShift(byDistance: Tensor3D, batch: number): Tensor4D {
  const [heads, rows, columns] = byDistance.shape;
  const [time, keys] = [rows / batch, columns - 1];
  const flat = reshape<Rank.R2>(byDistance, [heads * batch, time * columns]);
  return reshape(slice(flat, [0, time - 1], [-1, time * keys]), [heads, batch, time, keys]);
}

/** [B·T, H·D] to [H, B, T, D]: each head's channels apart. */
export function splitHeadsFirst(x: Tensor2D, batch: number, heads: number): Tensor4D {
  const [rows, channels] = x.shape;
  return transpose(reshape<Rank.R4>(x, [batch, rows / batch, heads, channels / heads]), [2, 0, 1, 3]);
}

/** [H, B, T, D] to [B·T, H·D]: the way back. */
export function mergeHeadsFirst(x: Tensor4D): Tensor2D {
  const [heads, batch, time, size] = x.shape;
  return reshape(transpose(x, [1, 2, 0, 3]), [batch * time, heads * size]);
}
