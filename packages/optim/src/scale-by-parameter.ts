import type { Parameter } from '@tenon/core';
import { mul } from '@tensorflow/tfjs-core';
import { assertNotNegative } from './checks.ts';
import { mapTensors, scaledTensors, type Transform } from './transform.ts';

/** What the fused kernel has to know of this transform. */
export interface ParameterScaleTransform extends Transform {
  /** The factor of each parameter, by its name. */
  readonly factorsOf: (parameters: ReadonlyMap<string, Parameter>) => ReadonlyMap<string, number>;
}

/**
 * Multiplies what is added to each parameter by a factor of its own: `u ← factor(name) · u`. After a whole rule it
 * scales the learning rate, decay included, as PyTorch's parameter groups with their own `lr` do:
 *
 *     p ← p (1 − factor · lr · decay) − factor · lr · m̂ / (√v̂ + ε)
 *
 * Behind `adamW` or `openAIAdam` at the end of a chain it is taken into the fused kernel, and costs nothing. Factors
 * are asked for once, when the optimiser is made. (To leave parameters as they are for good, `freeze` them: a factor
 * of 0 still computes their gradients.)
 *
 * @param factor of a parameter, by its name; 1 for no change.
 * @throws {TenonError} when a factor is negative or not finite, as soon as an optimiser is made.
 * @example
 * ```ts
 * import { adamW, chain, scaleByParameter } from '@tenon/optim';
 *
 * const slowBody = scaleByParameter((name) => (name.startsWith('backbone.') ? 0.1 : 1));
 * const rule = chain(adamW({ learningRate: 1e-3 }), slowBody);
 * ```
 */
export function scaleByParameter(
  factor: (name: string, parameter: Parameter) => number,
): ParameterScaleTransform {
  return scaleByFactors(
    (parameters) => new Map([...parameters].map(([name, parameter]) => [name, factor(name, parameter)])),
  );
}

/** The same with all parameters at hand. */
export function scaleByFactors(factors: ParameterScaleTransform['factorsOf']): ParameterScaleTransform {
  const factorsOf: ParameterScaleTransform['factorsOf'] = (parameters) => {
    const made = factors(parameters);
    for (const [name, value] of made) {
      assertNotNegative(`learning rate's factor of ${name}`, value, 'Pass 1 for no change.');
    }
    return made;
  };
  return {
    factorsOf,
    start(parameters) {
      const made = factorsOf(parameters);
      return {
        plan: (updates) => ({
          step: updates.step,
          stepNow: updates.stepNow,
          tensors: mapTensors(scaledTensors(updates), (tensor, name) => mul(tensor, made.get(name)!)),
        }),
      };
    },
  };
}
