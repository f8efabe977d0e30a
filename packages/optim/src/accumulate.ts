import { assertWhole } from '@tenon/core';
import { add, scalar } from '@tensorflow/tfjs-core';
import { chain } from './chain.ts';
import { named, zerosLike } from './slots.ts';
import {
  type Chain,
  type GradientTransform,
  mapTensors,
  scaledTensors,
  type Transform,
} from './transform.ts';

/**
 * Adds up the gradients of `steps` calls and hands their mean to `inner` in the last of them: a large batch
 * in small pieces. The pieces must be of equal size for the mean to be that of the whole. Where the batches end
 * before, `optimizer.prepareRest()` makes an update of the mean of those that came.
 *
 * Its state is `<parameter>.gradient_sum`. For the transforms of `inner` a step is an update, not a call.
 *
 * @throws {TenonError} when `steps` is not a whole number of at least 1.
 */
export function accumulate(steps: number, inner: GradientTransform): Chain {
  assertWhole('accumulate: steps', steps);
  return steps === 1 ? chain(inner) : chain(meanOf(steps), inner);
}

function meanOf(steps: number): Transform {
  return {
    start(parameters) {
      const sums = zerosLike(parameters);
      const updatesBefore = (calls: number): number => Math.floor(calls / steps);
      return {
        slots: new Map(named('gradient_sum', sums)),
        plan(updates, plan) {
          const place = updates.step % steps;
          const added = mapTensors(scaledTensors(updates), (tensor, name) =>
            place === 0 ? tensor : add(sums.get(name)!, tensor),
          );
          if (place === steps - 1) {
            return {
              step: updatesBefore(updates.step),
              stepNow: () => updatesBefore(updates.stepNow()),
              tensors: added,
              scale: scalar(1 / steps),
            };
          }
          for (const [name, tensor] of added) {
            plan.hold(tensor);
            plan.onApply(() => sums.get(name)!.assign(tensor));
          }
          return undefined;
        },
        planRest(calls, callsNow, plan) {
          const place = calls % steps;
          if (place === 0) return undefined;
          plan.calls = steps - place;
          return {
            step: updatesBefore(calls),
            stepNow: () => updatesBefore(callsNow()),
            // Tensors of their own: what is handed on may be freed when the step is over.
            tensors: new Map([...sums].map(([name, sum]) => [name, sum.clone()])),
            scale: scalar(1 / place),
          };
        },
      };
    },
  };
}
