import { type AdamWStep, adamWUpdate, type Parameter } from '@tenon/core';
import { scalar } from '@tensorflow/tfjs-core';
import type { DecayTransform } from './add-decayed-weights.ts';
import type { DecayAfterTransform } from './decay-weights-after.ts';
import { type AdamTransform, adamAt } from './scale-by-adam.ts';
import type { LearningRateTransform } from './scale-by-learning-rate.ts';
import { named, zerosLike } from './slots.ts';
import type { Transform } from './transform.ts';

/**
 * Puts the fused kernel in the place of `scaleByAdam`, `addDecayedWeights` (or not) and `scaleByLearningRate`
 * where a rule ends with them, or with `scaleByAdam`, `scaleByLearningRate` and `decayWeightsAfter`. Anything else
 * stays as it is and gives the same numbers in more passes.
 */
export function fuseAdamW(parts: readonly Transform[]): readonly Transform[] {
  const last = parts.at(-1);
  const after = isDecayAfter(last) ? last : undefined;
  const rest = after === undefined ? parts : parts.slice(0, -1);
  const rate = rest.at(-1);
  const beforeRate = rest.at(-2);
  const decay = after === undefined && isDecay(beforeRate) ? beforeRate : undefined;
  const adam = decay === undefined ? beforeRate : rest.at(-3);
  if (!isRate(rate) || !isAdam(adam)) return parts;
  return [...rest.slice(0, decay === undefined ? -2 : -3), fused(adam, rate, rates(rate, decay, after))];
}

/** What a parameter is changed and decayed by in a step. */
type Rates = (
  name: string,
  parameter: Parameter,
  step: number,
) => Pick<AdamWStep, 'learningRate' | 'weightDecay'>;

function rates(
  { rateAt }: LearningRateTransform,
  decay: DecayTransform | undefined,
  after: DecayAfterTransform | undefined,
): Rates {
  return (name, parameter, step) => {
    const learningRate = rateAt(step);
    if (after === undefined) {
      const weightDecay = decay?.weightDecay.decay(name, parameter) ? decay.weightDecay.rate : 0;
      return { learningRate, weightDecay };
    }
    // (p − lr u)(1 − s) = p (1 − lr′ d′) − lr′ u with lr′ = lr (1 − s) and lr′ d′ = s
    const share = after.decayAfter(name, parameter, step);
    const shortened = learningRate * (1 - share);
    return { learningRate: shortened, weightDecay: share === 0 ? 0 : share / shortened };
  };
}

function isAdam(part: Transform | undefined): part is AdamTransform {
  return part !== undefined && 'adam' in part;
}

function isDecay(part: Transform | undefined): part is DecayTransform {
  return part !== undefined && 'weightDecay' in part;
}

function isDecayAfter(part: Transform | undefined): part is DecayAfterTransform {
  return part !== undefined && 'decayAfter' in part;
}

function isRate(part: Transform | undefined): part is LearningRateTransform {
  return part !== undefined && 'rateAt' in part;
}

/** Its state has the names of `scaleByAdam`'s. */
function fused({ adam }: AdamTransform, { rateAt }: LearningRateTransform, ratesOf: Rates): Transform {
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
              const numbers = (now: number): AdamWStep => ({
                beta1: adam.beta1,
                beta2: adam.beta2,
                ...adamAt(adam, now),
                ...ratesOf(name, parameter, now),
              });
              adamWUpdate(slot, gradient, factor, () => numbers(stepNow()));
            }
          });
          for (const tensor of tensors.values()) plan.hold(tensor);
          return { step, stepNow, tensors: new Map() };
        },
      };
    },
  };
}
