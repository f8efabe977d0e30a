import { add, cast, mul, reshape, sub, type Tensor2D, type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';

/**
 * Added to the score of what must not be attended to. It is finite, so that a query that may attend to
 * nothing (a padding token before the text) gets some weights, which nobody reads, and not NaN.
 */
export const MASKED = -1e9;

/** [1, 1, T, T] to add to scores: nothing is attended to that comes later. */
export function causalMask(time: number): Tensor4D {
  const values = new Float32Array(time * time);
  for (let query = 0; query < time; query++)
    values.fill(MASKED, query * time + query + 1, (query + 1) * time);
  return tensor4d(values, [1, 1, time, time]);
}

/** int32 [B, T] with 1 = token and 0 = padding to [B, 1, 1, T] to add to scores. */
export function paddingMask(attentionMask: Tensor2D): Tensor4D {
  const [batch, time] = attentionMask.shape;
  return reshape(mul(sub(cast(attentionMask, 'float32'), 1), -MASKED), [batch, 1, 1, time]);
}

/**
 * What new tokens may see of each other in a decoder: nothing later, and no padding.
 *
 * @param attentionMask int32 [B, T]; absent = all are tokens.
 * @returns [B or 1, 1, T, T] to add to scores, or nothing for a single token, which sees itself.
 */
export function newTokensMask(time: number, attentionMask?: Tensor2D): Tensor4D | undefined {
  const causal = time === 1 ? undefined : causalMask(time);
  if (attentionMask === undefined) return causal;
  const padding = paddingMask(attentionMask);
  return causal === undefined ? padding : add<Tensor4D>(causal, padding);
}
