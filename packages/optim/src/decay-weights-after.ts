import { add, mul, sub } from '@tensorflow/tfjs-core';
import { type DecayOptions, isMatrix } from './add-decayed-weights.ts';
import { assertNotNegative } from './checks.ts';
import type { Schedule } from './schedules.ts';
import { mapTensors, scaledTensors, type Transform } from './transform.ts';

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
): Transform {
  assertNotNegative('decayWeightsAfter: rate', rate, 'Pass 0.01, or 0 for no decay.');
  return {
    start: (parameters) => ({
      plan(updates) {
        const share = learningRate(updates.step) * rate;
        const tensors = mapTensors(scaledTensors(updates), (update, name) => {
          const parameter = parameters.get(name)!;
          if (!decay(name, parameter)) return update;
          return sub(update, mul(add(parameter, update), share));
        });
        return { step: updates.step, stepNow: updates.stepNow, tensors };
      },
    }),
  };
}
