// B batch, H heads, T queries, S keys, D head size.
import {
  add,
  addN,
  concat,
  matMul,
  mul,
  softmax,
  split,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { type DropoutOptions, dropout } from './dropout.ts';

/** Keys and values to attend to: the text itself, what a cache remembers, a learned prefix. */
export interface AttentionSource {
  /** [B, H, S, D] */
  readonly keys: Tensor4D;
  /** [B, H, S, D] */
  readonly values: Tensor4D;
  /** Added to the scores, so of a shape that broadcasts to [B, H, T, S]. */
  readonly mask?: Tensor | undefined;
}

export interface AttendOptions {
  /** What the products of queries and keys are multiplied by. @default 1 / √D */
  readonly scale?: number;
  /** Share of the weights that is dropped when training. @default 0 */
  readonly dropoutRate?: number;
  /** Whether to drop, and where from: the options of `encode`. */
  readonly dropout?: DropoutOptions;
}

export interface Attended {
  /** [B, H, T, D] */
  readonly output: Tensor4D;
  /** [B, H, T, S], over the keys of all sources in their order. */
  readonly weights: Tensor4D;
}

/**
 * Scaled dot-product attention (Vaswani et al. 2017, equation 1): softmax(q kᵀ · scale + mask) v.
 *
 * Several sources are attended to as if they were one. Only their scores are joined, never their keys and
 * values, which can be long: a cache is read where it lies.
 *
 * @param q [B, H, T, D]
 */
export function attend(
  q: Tensor4D,
  sources: readonly AttentionSource[],
  options: AttendOptions = {},
): Attended {
  const { scale = 1 / Math.sqrt(q.shape[3]), dropoutRate = 0 } = options;
  const scores = sources.map(({ keys, mask }) => {
    const scaled = mul(matMul(q, keys, false, true), scale);
    return mask === undefined ? scaled : add(scaled, mask);
  });
  const joined = scores.length === 1 ? scores[0]! : concat(scores, 3);
  const weights = dropout(softmax(joined) as Tensor4D, dropoutRate, options.dropout ?? {});
  const lengths = sources.map(({ keys }) => keys.shape[2]);
  const parts = sources.length === 1 ? [weights] : split(weights, lengths, 3);
  const outputs = sources.map(({ values }, i) => matMul<Tensor4D>(parts[i]!, values));
  return { output: outputs.length === 1 ? outputs[0]! : addN<Tensor4D>(outputs), weights };
}
