import { addDecayedWeights, type DecayOptions } from './add-decayed-weights.ts';
import { chain } from './chain.ts';
import { type AdamOptions, scaleByAdam } from './scale-by-adam.ts';
import { scaleByLearningRate } from './scale-by-learning-rate.ts';
import type { Schedule } from './schedules.ts';
import type { Chain } from './transform.ts';

export interface AdamWOptions extends AdamOptions, DecayOptions {
  readonly learningRate: number | Schedule;
  /** @default 0.01 */
  readonly weightDecay?: number;
}

/**
 * AdamW (Loshchilov and Hutter 2019): `chain(scaleByAdam, addDecayedWeights, scaleByLearningRate)`, that is
 *
 *     p ← p (1 − lr · decay) − lr · m̂ / (√v̂ + ε)
 *
 * At the end of a chain the three run as one kernel, which changes the parameters in place.
 *
 * @throws {TenonError} about a number out of its range.
 * @example
 * ```ts
 * import { adamW, warmupCosine } from '@tenon/optim';
 *
 * const rule = adamW({ learningRate: warmupCosine({ peak: 1e-3, warmupSteps: 100, totalSteps: 2000 }) });
 * ```
 */
export function adamW({ learningRate, weightDecay = 0.01, ...options }: AdamWOptions): Chain {
  return chain(
    scaleByAdam(options),
    addDecayedWeights(weightDecay, options),
    scaleByLearningRate(learningRate),
  );
}
