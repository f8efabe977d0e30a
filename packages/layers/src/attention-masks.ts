import { add, cast, mul, reshape, sub, type Tensor2D, type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';

/**
 * Added to the score of what must not be attended to. It is finite, so that a query that may attend to
 * nothing (a padding token before the text) gets some weights, which nobody reads, and not NaN.
 */
export const MASKED = -1e9;

/**
 * [1, 1, T, T] to add to scores: nothing is attended to that comes later, nor what a window has left behind.
 *
 * @param window how many tokens a token sees, itself the last of them. @default all before it
 */
export function causalMask(time: number, window: number = time): Tensor4D {
  const values = new Float32Array(time * time);
  for (let query = 0; query < time; query++) {
    const row = query * time;
    values.fill(MASKED, row, row + Math.max(0, query + 1 - window));
    values.fill(MASKED, row + query + 1, row + time);
  }
  return tensor4d(values, [1, 1, time, time]);
}

/**
 * [1, 1, T, S] to add to scores: of the tokens in a cache's slots, those that the window of each of T new
 * tokens has left behind are not attended to (the local band of Child et al. 2019).
 *
 * @param options.past how many slots are filled: the new tokens follow them.
 */
export function pastWindowMask(options: {
  readonly past: number;
  readonly time: number;
  readonly slots: number;
  readonly window: number;
}): Tensor4D {
  const { past, time, slots, window } = options;
  const values = new Float32Array(time * slots);
  for (let query = 0; query < time; query++) {
    const first = Math.min(slots, Math.max(0, past + query + 1 - window));
    values.fill(MASKED, query * slots, query * slots + first);
  }
  return tensor4d(values, [1, 1, time, slots]);
}

/** int32 [B, T] with 1 = token and 0 = padding to [B, 1, 1, T] to add to scores. */
export function paddingMask(attentionMask: Tensor2D): Tensor4D {
  const [batch, time] = attentionMask.shape;
  return reshape(mul(sub(cast(attentionMask, 'float32'), 1), -MASKED), [batch, 1, 1, time]);
}

/**
 * What new tokens may see of each other in a decoder: nothing later, no padding, nothing outside of the window.
 *
 * @param attentionMask int32 [B, T]; absent = all are tokens.
 * @param window how many tokens a token sees, itself the last of them. @default all before it
 * @returns [B or 1, 1, T, T] to add to scores, or nothing for a single token, which sees itself.
 */
export function newTokensMask(time: number, attentionMask?: Tensor2D, window?: number): Tensor4D | undefined {
  const causal = time === 1 ? undefined : causalMask(time, window);
  if (attentionMask === undefined) return causal;
  const padding = paddingMask(attentionMask);
  return causal === undefined ? padding : add<Tensor4D>(causal, padding);
}
