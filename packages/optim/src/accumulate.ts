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
 * before, `optimizer.prepareRest()` makes an update of the mean of those that came. Where a parameter has no gradient in
 * one of the calls (`allowUnused`), it counts as zeros there; where it has none in any, the parameter stays as it is.
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
      // Whose sum is of this update: a parameter need not have a gradient in each call. Of a state that was loaded: all.
      let summed: ReadonlySet<string> = new Set(parameters.keys());
      const updatesBefore = (calls: number): number => Math.floor(calls / steps);
      return {
        slots: new Map(named('gradient_sum', sums)),
        plan(updates, plan) {
          const place = updates.step % steps;
          const before = place === 0 ? new Set<string>() : summed;
          const added = mapTensors(scaledTensors(updates), (tensor, name) =>
            before.has(name) ? add(sums.get(name)!, tensor) : tensor,
          );
          if (place === steps - 1) {
            // Tensors of their own: what is handed on may be freed when the step is over.
            for (const name of before) if (!added.has(name)) added.set(name, sums.get(name)!.clone());
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
          plan.onApply(() => {
            summed = new Set([...before, ...added.keys()]);
          });
          return undefined;
        },
        planRest(calls, callsNow, plan) {
          const place = calls % steps;
          if (place === 0) return undefined;
          plan.calls = steps - place;
          return {
            step: updatesBefore(calls),
            stepNow: () => updatesBefore(callsNow()),
            tensors: new Map([...summed].map((name) => [name, sums.get(name)!.clone()])),
            scale: scalar(1 / place),
          };
        },
      };
    },
  };
}
