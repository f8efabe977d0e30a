import type { DecayOptions } from './add-decayed-weights.ts';
import { chain } from './chain.ts';
import { clipByNorm } from './clip-by-norm.ts';
import { decayWeightsAfter } from './decay-weights-after.ts';
import { type AdamOptions, scaleByAdam } from './scale-by-adam.ts';
import { scaleByLearningRate } from './scale-by-learning-rate.ts';
import { constant, type Schedule } from './schedules.ts';
import type { Chain } from './transform.ts';

export interface OpenAIAdamOptions extends Pick<AdamOptions, 'beta1' | 'beta2' | 'epsilon'>, DecayOptions {
  /** A rate, or a schedule. The first update takes its step 1, so that it is not lost to a rate of 0. */
  readonly learningRate: number | Schedule;
  /** @default 0.01 */
  readonly weightDecay?: number;
  /** The longest gradient of a parameter; `Infinity` clips none. @default 1 */
  readonly maximumNorm?: number;
}

/**
 * The Adam that GPT was trained with (Radford et al. 2018; OpenAI's `finetune-transformer-lm`), t counted from 1:
 *
 *     g ← g · min(1, maximumNorm / ‖g‖)          each parameter by itself
 *     p ← p − lr(t) · √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε)
 *     p ← p − lr(t) · decay · p                  weights and embeddings, not biases and layer norms
 *
 * All but the clipping run as one kernel, which changes the parameters in place.
 *
 * GPT's schedules are `warmupCosine` for pre-training, at 2.5e-4, and `warmupLinear` for fine-tuning, at 6.25e-5
 * with a warm-up of .2 % of the steps.
 *
 * @throws {TenonError} about a number out of its range.
 * @example
 * ```ts
 * import { openAIAdam, warmupLinear } from '@tenon/optim';
 *
 * const learningRate = warmupLinear({ peak: 6.25e-5, warmupSteps: 6, totalSteps: 3000 });
 * const rule = openAIAdam({ learningRate });
 * ```
 */
export function openAIAdam({ weightDecay = 0.01, maximumNorm = 1, ...options }: OpenAIAdamOptions): Chain {
  const { learningRate, decay } = options;
  const schedule = typeof learningRate === 'number' ? constant(learningRate) : learningRate;
  const rate: Schedule = (step) => schedule(step + 1);
  return chain(
    clipByNorm(maximumNorm),
    scaleByAdam({ ...options, epsilonBeforeCorrection: true }),
    scaleByLearningRate(rate),
    decayWeightsAfter(weightDecay, rate, decay === undefined ? {} : { decay }),
  );
}
