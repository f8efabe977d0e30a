import { RandomKey } from '@tenon/core';
import { type LogitsWarper, temperatureWarper, topKWarper, topPWarper } from './warpers.ts';

/** Picks the next token of a sequence from its scores, [V]. */
export type TokenChooser = (logits: Float32Array, place: TokenPlace) => number;

/** Which token it is: what its random number is drawn from, together with the seed. */
interface TokenPlace {
  /** Tokens generated before. */
  readonly index: number;
  /** The sequence's number in the batch. */
  readonly sequence: number;
}

export interface SamplingOptions {
  readonly greedy?: false;
  /** Below 1 sharpens, above 1 flattens. @default 1 */
  readonly temperature?: number;
  /** Draw from the k most likely tokens only; 0 for all. @default 0 */
  readonly topK?: number;
  /** Draw from the most likely tokens that have this probability together. @default 1 */
  readonly topP?: number;
  /** @default 42 */
  readonly seed?: number;
}

/** The token with the highest score, the first of equals. */
export function mostLikely(logits: Float32Array): number {
  let best = 0;
  for (let token = 1; token < logits.length; token++) if (logits[token]! > logits[best]!) best = token;
  return best;
}

/**
 * The probabilities that sampling draws from, [V]: after temperature, then top-k, then top-p, as in Hugging
 * Face's transformers. What is ruled out has 0.
 *
 * @param logits scores of one sequence's next token, [V]
 * @throws {TenonError} about an option out of its range.
 */
export function samplingProbabilities(logits: Float32Array, options: SamplingOptions = {}): Float64Array {
  return softmax(samplingWarper(options)(logits));
}

/** Temperature, then top-k, then top-p. */
function samplingWarper({ temperature = 1, topK = 0, topP = 1 }: SamplingOptions): LogitsWarper {
  const warpers = [temperatureWarper(temperature), topKWarper(topK), topPWarper(topP)];
  return (logits) => warpers.reduce((scores, warp) => warp(scores), logits);
}

function softmax(warped: Float32Array): Float64Array {
  const highest = warped[mostLikely(warped)]!;
  const weights = Float64Array.from(warped, (value) => Math.exp(value - highest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** Draws from the {@link samplingProbabilities}. @throws {TenonError} as they do, before anything is computed. */
export function samplingChooser(options: SamplingOptions): TokenChooser {
  const { seed = 42 } = options;
  const warp = samplingWarper(options);
  return (logits, { index, sequence }) =>
    draw(softmax(warp(logits)), new RandomKey(seed, index, sequence).uniform(1)[0]!);
}

/** The token at a share of [0, 1) of the cumulated probability. */
function draw(probabilities: Float64Array, share: number): number {
  let left = share;
  let token = 0;
  for (const [candidate, probability] of probabilities.entries()) {
    if (probability === 0) continue;
    token = candidate; // rounding may leave a little at the end: then it is the last possible one
    left -= probability;
    if (left < 0) break;
  }
  return token;
}
