import { RandomKey } from '@tenon/core';
import { type LogitsWarper, temperatureWarper, topKWarper, topPWarper } from './warpers.ts';

/** Picks the next token of a sequence from its scores [V]. */
export type TokenChooser = (logits: Float32Array, place: TokenPlace) => number;

/** Which token it is: what its random number is drawn from, together with the seed. */
export interface TokenPlace {
  /** Tokens generated before. */
  readonly index: number;
  /** The sequence's number in the batch. */
  readonly sequence: number;
}

export interface SamplingOptions {
  readonly greedy?: false;
  /** Below 1 sharpens, above 1 flattens. @default 1 */
  readonly temperature?: number;
  /** Draw from the k most likely tokens only. @default all */
  readonly topK?: number;
  /** Draw from the most likely tokens that have this probability together. @default 1 */
  readonly topP?: number;
  /** @default 42 */
  readonly seed?: number;
}

/** Always takes the most likely token, the first of equals. */
export const greedyChooser: TokenChooser = (logits) => {
  let best = 0;
  for (let token = 1; token < logits.length; token++) if (logits[token]! > logits[best]!) best = token;
  return best;
};

/** Draws from the probabilities after temperature, then top-k, then top-p. */
export function samplingChooser({
  temperature = 1,
  topK,
  topP = 1,
  seed = 42,
}: SamplingOptions): TokenChooser {
  const warpers: LogitsWarper[] = [
    temperatureWarper(temperature),
    ...(topK === undefined ? [] : [topKWarper(topK)]),
    topPWarper(topP),
  ];
  return (logits, { index, sequence }) => {
    const warped = warpers.reduce((scores, warp) => warp(scores), logits);
    return draw(warped, new RandomKey(seed, index, sequence).uniform(1)[0]!);
  };
}

/** The token at a share of [0, 1) of the cumulated probability. */
function draw(logits: Float32Array, share: number): number {
  const highest = logits[greedyChooser(logits, { index: 0, sequence: 0 })]!;
  const weights = Float64Array.from(logits, (value) => Math.exp(value - highest));
  let left = share * weights.reduce((sum, weight) => sum + weight, 0);
  let token = 0;
  for (let candidate = 0; candidate < weights.length; candidate++) {
    if (weights[candidate] === 0) continue;
    token = candidate; // rounding may leave a little at the end: then it is the last possible one
    left -= weights[candidate]!;
    if (left < 0) break;
  }
  return token;
}
