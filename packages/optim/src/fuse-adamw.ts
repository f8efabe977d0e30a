import { type AdamWStep, adamWUpdate, type Parameter } from '@tenon/core';
import { scalar } from '@tensorflow/tfjs-core';
import type { DecayTransform } from './add-decayed-weights.ts';
import type { DecayAfterTransform } from './decay-weights-after.ts';
import { type AdamTransform, adamAt } from './scale-by-adam.ts';
import type { LearningRateTransform } from './scale-by-learning-rate.ts';
import type { ParameterScaleTransform } from './scale-by-parameter.ts';
import { named, zerosLike } from './slots.ts';
import type { Transform } from './transform.ts';

/**
 * Puts the fused kernel in the place of `scaleByAdam`, `addDecayedWeights` (or not) and `scaleByLearningRate`
 * where a rule ends with them, or with `scaleByAdam`, `scaleByLearningRate` and `decayWeightsAfter`, and with any number
 * of `scaleByParameter` behind them. Anything else stays as it is and gives the same numbers in more passes.
 */
export function fuseAdamW(parts: readonly Transform[]): readonly Transform[] {
  const scales: ParameterScaleTransform[] = [];
  const rest = [...parts];
  for (let last = rest.at(-1); isScale(last); last = rest.at(-1)) {
    scales.push(last);
    rest.pop();
  }
  const after = takeLast(rest, isDecayAfter);
  const rate = takeLast(rest, isRate);
  const decay = after === undefined ? takeLast(rest, isDecay) : undefined;
  const adam = takeLast(rest, isAdam);
  if (rate === undefined || adam === undefined) return parts;
  return [...rest, fused(adam, rate, rates(rate, decay, after), scales)];
}

/** Takes the last part where it is of a kind. */
function takeLast<T extends Transform>(
  parts: Transform[],
  isKind: (part: Transform | undefined) => part is T,
): T | undefined {
  const last = parts.at(-1);
  if (!isKind(last)) return undefined;
  parts.pop();
  return last;
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

function isScale(part: Transform | undefined): part is ParameterScaleTransform {
  return part !== undefined && 'factorsOf' in part;
}

/** Its state has the names of `scaleByAdam`'s. */
function fused(
  { adam }: AdamTransform,
  { rateAt }: LearningRateTransform,
  ratesOf: Rates,
  scales: readonly ParameterScaleTransform[],
): Transform {
  return {
    start(parameters) {
      const factors = productOf(scales.map((scale) => scale.factorsOf(parameters)));
      const first = zerosLike(parameters);
      const second = zerosLike(parameters);
      return {
        slots: new Map([...named('first_moment', first), ...named('second_moment', second)]),
        plan({ step, stepNow, tensors, scale }, plan) {
          plan.learningRate = rateAt(step);
          const scaled = plan.hold(scale ?? scalar(1));
          plan.onApply(() => {
            for (const [name, gradient] of tensors) {
              const parameter = parameters.get(name)!;
              const slot = { parameter, firstMoment: first.get(name)!, secondMoment: second.get(name)! };
              const factor = factors.get(name) ?? 1;
              const numbers = (now: number): AdamWStep => {
                const { learningRate, weightDecay } = ratesOf(name, parameter, now);
                const { beta1, beta2 } = adam;
                return {
                  beta1,
                  beta2,
                  ...adamAt(adam, now),
                  learningRate: learningRate * factor,
                  weightDecay,
                };
              };
              adamWUpdate(slot, gradient, scaled, () => numbers(stepNow()));
            }
          });
          for (const tensor of tensors.values()) plan.hold(tensor);
          return { step, stepNow, tensors: new Map() };
        },
      };
    },
  };
}

function productOf(factors: readonly ReadonlyMap<string, number>[]): ReadonlyMap<string, number> {
  const product = new Map<string, number>();
  for (const each of factors) {
    for (const [name, factor] of each) product.set(name, (product.get(name) ?? 1) * factor);
  }
  return product;
}
