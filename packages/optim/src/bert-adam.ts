import { addDecayedWeights, type DecayOptions } from './add-decayed-weights.ts';
import { chain } from './chain.ts';
import { clipByNorm } from './clip-by-norm.ts';
import { type AdamOptions, scaleByAdam } from './scale-by-adam.ts';
import { scaleByLearningRate } from './scale-by-learning-rate.ts';
import type { Schedule } from './schedules.ts';
import type { Chain } from './transform.ts';

export interface BertAdamOptions extends Pick<AdamOptions, 'beta1' | 'beta2' | 'epsilon'>, DecayOptions {
  /** A rate, or a schedule. BERT's is `warmupLinear`. */
  readonly learningRate: number | Schedule;
  /** @default 0.01 */
  readonly weightDecay?: number;
  /** The longest gradient of a parameter; `Infinity` clips none. @default 1 */
  readonly maximumNorm?: number;
}

/**
 * The Adam that BERT was trained with (Devlin et al. 2019; `BertAdam` of pytorch-pretrained-BERT): no bias correction,
 * so the first steps are long ones without a warm-up, and gradients clipped each by itself:
 *
 *     g ← g · min(1, maximumNorm / ‖g‖)
 *     p ← p − lr(step) · (m / (√v + ε) + decay · p)
 *
 * with an ε of 1e-6 by default. Weights and embeddings decay, biases and layer norms do not. The original TensorFlow
 * program clips all gradients together: `chain(clipByGlobalNorm(1), bertAdam({ …, maximumNorm: Infinity }))`.
 *
 * @throws {TenonError} about a number out of its range.
 * @example
 * ```ts
 * import { bertAdam, warmupLinear } from '@tenon/optim';
 *
 * const rule = bertAdam({ learningRate: warmupLinear({ peak: 5e-5, warmupSteps: 300, totalSteps: 3000 }) });
 * ```
 */
export function bertAdam(options: BertAdamOptions): Chain {
  const { learningRate, weightDecay = 0.01, maximumNorm = 1, epsilon = 1e-6 } = options;
  return chain(
    clipByNorm(maximumNorm),
    scaleByAdam({ ...options, epsilon, biasCorrection: false }),
    addDecayedWeights(weightDecay, options),
    scaleByLearningRate(learningRate),
  );
}
