import { type Rank, reshape, split, type Tensor2D, type Tensor4D, transpose } from '@tensorflow/tfjs-core';

/** [B·T, H·D] to [B, H, T, D]: each head's channels apart. */
export function splitHeads(x: Tensor2D, batch: number, heads: number): Tensor4D {
  const [rows, channels] = x.shape;
  return transpose(reshape<Rank.R4>(x, [batch, rows / batch, heads, channels / heads]), [0, 2, 1, 3]);
}

/** [B, H, T, D] to [B·T, H·D]: the way back. */
export function mergeHeads(x: Tensor4D): Tensor2D {
  const [batch, heads, time, size] = x.shape;
  return reshape(transpose(x, [0, 2, 1, 3]), [batch * time, heads * size]);
}

/**
 * Queries, keys and values from one projection: [B·T, 3·H·D] to three [B, H, T, D].
 *
 * They are split before their axes are exchanged, since the gradient of this split is one concatenation.
 */
export function splitQueriesKeysValues(
  x: Tensor2D,
  batch: number,
  heads: number,
): [q: Tensor4D, k: Tensor4D, v: Tensor4D] {
  const [q, k, v] = split<Tensor2D>(x, 3, 1);
  return [splitHeads(q!, batch, heads), splitHeads(k!, batch, heads), splitHeads(v!, batch, heads)];
}
