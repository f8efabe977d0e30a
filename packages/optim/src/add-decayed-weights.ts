import type { Parameter } from '@tenon/core';
import { add, mul } from '@tensorflow/tfjs-core';
import { assertNotNegative } from './checks.ts';
import { mapTensors, scaledTensors, type Transform } from './transform.ts';

export interface DecayOptions {
  /**
   * Which parameters decay.
   * @default those with two axes or more: weights and embeddings, not biases and layer norms, as in BERT and GPT
   */
  readonly decay?: (name: string, parameter: Parameter) => boolean;
}

/** What decays by default. */
export const isMatrix = (_: string, parameter: Parameter): boolean => parameter.rank >= 2;

/** What the fused kernel has to know of this transform. */
export interface DecayTransform extends Transform {
  readonly weightDecay: { readonly rate: number } & Required<DecayOptions>;
}

/**
 * Decoupled weight decay (Loshchilov and Hutter 2019): `g ← g + rate · p`.
 * It stands after Adam, so that the decay is not divided by the gradients' size.
 *
 * @throws {TenonError} when `rate` is negative or not finite.
 */
export function addDecayedWeights(rate: number, { decay = isMatrix }: DecayOptions = {}): DecayTransform {
  assertNotNegative('addDecayedWeights: rate', rate, 'Pass 0.01, or 0 for no decay.');
  return {
    weightDecay: { rate, decay },
    start: (parameters) => ({
      plan: (updates) => ({
        step: updates.step,
        stepNow: updates.stepNow,
        tensors: mapTensors(scaledTensors(updates), (tensor, name) => {
          const parameter = parameters.get(name)!;
          return decay(name, parameter) ? add(tensor, mul(parameter, rate)) : tensor;
        }),
      }),
    }),
  };
}
