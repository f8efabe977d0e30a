import { type AdamWStep, adamWUpdate, type Parameter } from '@tenon/core';
import { scalar } from '@tensorflow/tfjs-core';
import type { DecayTransform } from './add-decayed-weights.ts';
import { type AdamTransform, adamAt } from './scale-by-adam.ts';
import type { LearningRateTransform } from './scale-by-learning-rate.ts';
import { named, zerosLike } from './slots.ts';
import type { Transform } from './transform.ts';

/**
 * Puts the fused kernel in the place of `scaleByAdam`, `addDecayedWeights` (or not) and `scaleByLearningRate`
 * where a rule ends with them. Anything else stays as it is and gives the same numbers in more passes.
 */
export function fuseAdamW(parts: readonly Transform[]): readonly Transform[] {
  const rate = parts.at(-1);
  const beforeRate = parts.at(-2);
  const decay = isDecay(beforeRate) ? beforeRate : undefined;
  const adam = decay === undefined ? beforeRate : parts.at(-3);
  if (!isRate(rate) || !isAdam(adam)) return parts;
  return [...parts.slice(0, decay === undefined ? -2 : -3), fused(adam, decay, rate)];
}

function isAdam(part: Transform | undefined): part is AdamTransform {
  return part !== undefined && 'adam' in part;
}

function isDecay(part: Transform | undefined): part is DecayTransform {
  return part !== undefined && 'weightDecay' in part;
}

function isRate(part: Transform | undefined): part is LearningRateTransform {
  return part !== undefined && 'rateAt' in part;
}

/** Its state has the names of `scaleByAdam`'s. */
function fused(
  { adam }: AdamTransform,
  decay: DecayTransform | undefined,
  { rateAt }: LearningRateTransform,
): Transform {
  const decayOf = (name: string, parameter: Parameter): number =>
    decay?.weightDecay.decay(name, parameter) ? decay.weightDecay.rate : 0;

  const numbers = (step: number): Omit<AdamWStep, 'weightDecay'> => ({
    beta1: adam.beta1,
    beta2: adam.beta2,
    learningRate: rateAt(step),
    ...adamAt(adam, step),
  });

  return {
    start(parameters) {
      const first = zerosLike(parameters);
      const second = zerosLike(parameters);
      return {
        slots: new Map([...named('first_moment', first), ...named('second_moment', second)]),
        plan({ step, stepNow, tensors, scale }, plan) {
          plan.learningRate = rateAt(step);
          const factor = plan.hold(scale ?? scalar(1));
          plan.onApply(() => {
            for (const [name, gradient] of tensors) {
              const parameter = parameters.get(name)!;
              const slot = { parameter, firstMoment: first.get(name)!, secondMoment: second.get(name)! };
              const weightDecay = decayOf(name, parameter);
              adamWUpdate(slot, gradient, factor, () => ({ ...numbers(stepNow()), weightDecay }));
            }
          });
          for (const tensor of tensors.values()) plan.hold(tensor);
          return { step, stepNow, tensors: new Map() };
        },
      };
    },
  };
}
