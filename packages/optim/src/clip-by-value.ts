import { clipByValue as clip } from '@tensorflow/tfjs-core';
import { assertAboveZero } from './checks.ts';
import { mapTensors, scaledTensors, type Transform } from './transform.ts';

/**
 * Cuts every value of every gradient to [−maximum, maximum].
 *
 * @throws {TenonError} when `maximum` is not above 0.
 */
export function clipByValue(maximum: number): Transform {
  assertAboveZero('clipByValue: maximum', maximum, 'Pass 0.5 for instance.');
  return {
    start: () => ({
      plan: (updates) => ({
        step: updates.step,
        stepNow: updates.stepNow,
        tensors: mapTensors(scaledTensors(updates), (tensor) => clip(tensor, -maximum, maximum)),
      }),
    }),
  };
}
