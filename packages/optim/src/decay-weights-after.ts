import type { Parameter } from '@tenon/core';
import { add, mul, sub } from '@tensorflow/tfjs-core';
import { type DecayOptions, isMatrix } from './add-decayed-weights.ts';
import { assertNotNegative } from './checks.ts';
import type { Schedule } from './schedules.ts';
import { mapTensors, scaledTensors, type Transform } from './transform.ts';

/** What the fused kernel has to know of this transform. */
export interface DecayAfterTransform extends Transform {
  /** How much of a parameter goes in a step, counted from 0: `learningRate(step) · rate`, or 0. */
  readonly decayAfter: (name: string, parameter: Parameter, step: number) => number;
}

/**
 * Decoupled weight decay of what the update has made of the parameters, as OpenAI's Adam has it. It stands last,
 * after the learning rate: `p ← (p + u) · (1 − learningRate(step) · rate)` for an update u.
 *
 * @param learningRate of a step, the one of `scaleByLearningRate`.
 * @throws {TenonError} when `rate` is negative or not finite.
 */
export function decayWeightsAfter(
  rate: number,
  learningRate: Schedule,
  { decay = isMatrix }: DecayOptions = {},
): DecayAfterTransform {
  assertNotNegative('decayWeightsAfter: rate', rate, 'Pass 0.01, or 0 for no decay.');
  const decayAfter: DecayAfterTransform['decayAfter'] = (name, parameter, step) =>
    decay(name, parameter) ? learningRate(step) * rate : 0;
  return {
    decayAfter,
    start: (parameters) => ({
      plan(updates) {
        const { step, stepNow } = updates;
        const tensors = mapTensors(scaledTensors(updates), (update, name) => {
          const parameter = parameters.get(name)!;
          const share = decayAfter(name, parameter, step);
          return share === 0 ? update : sub(update, mul(add(parameter, update), share));
        });
        return { step, stepNow, tensors };
      },
    }),
  };
}
