import { mul } from '@tensorflow/tfjs-core';
import { assertNotNegative } from './checks.ts';
import { constant, type Schedule } from './schedules.ts';
import { mapTensors, scaledTensors, type Transform } from './transform.ts';

/** What the fused kernel has to know of this transform. */
export interface LearningRateTransform extends Transform {
  /** The rate of a step, checked. */
  readonly rateAt: Schedule;
}

/**
 * Makes gradients into what is added to the parameters: `g ← −rate(step) · g`.
 *
 * @throws {TenonError} in the step for which the schedule gives a negative rate or no number.
 */
export function scaleByLearningRate(rate: number | Schedule): LearningRateTransform {
  const schedule = typeof rate === 'number' ? constant(rate) : rate;
  const rateAt: Schedule = (step) => {
    const value = schedule(step);
    assertNotNegative(`learning rate of step ${step}`, value, 'Check the schedule.');
    return value;
  };
  return {
    rateAt,
    start: () => ({
      plan(updates, plan) {
        const learningRate = rateAt(updates.step);
        plan.learningRate = learningRate;
        return {
          step: updates.step,
          stepNow: updates.stepNow,
          tensors: mapTensors(scaledTensors(updates), (tensor) => mul(tensor, -learningRate)),
        };
      },
    }),
  };
}
