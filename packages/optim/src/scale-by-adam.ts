import { add, div, mul, sqrt, square } from '@tensorflow/tfjs-core';
import { assertAboveZero, assertBelowOne } from './checks.ts';
import { named, zerosLike } from './slots.ts';
import { mapTensors, scaledTensors, type Transform } from './transform.ts';

export interface AdamOptions {
  /** How much of the first moment stays from step to step. @default 0.9 */
  readonly beta1?: number;
  /** How much of the second moment stays from step to step. @default 0.999 */
  readonly beta2?: number;
  /** Added to the root, against division by zero. BERT takes 1e-6. @default 1e-8 */
  readonly epsilon?: number;
  /** Add `epsilon` to √v before v's correction: Kingma and Ba's ε̂, as in the code of OpenAI and TensorFlow. @default false */
  readonly epsilonBeforeCorrection?: boolean;
  /** Divide both moments by what they lack in the first steps; BERT's optimiser does not. @default true */
  readonly biasCorrection?: boolean;
}

/** What the fused kernel has to know of this transform. */
export interface AdamTransform extends Transform {
  readonly adam: Required<AdamOptions>;
}

/**
 * Divides gradients by their typical size (Adam: Kingma and Ba 2015), with t counted from 1:
 *
 *     m ← β₁ m + (1 − β₁) g        v ← β₂ v + (1 − β₂) g²
 *     g ← (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε)
 *
 * Its state is `<parameter>.first_moment` (m) and `<parameter>.second_moment` (v).
 *
 * @throws {TenonError} when a β is not in [0, 1) or `epsilon` not above 0.
 */
export function scaleByAdam(options: AdamOptions = {}): AdamTransform {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const { epsilonBeforeCorrection = false, biasCorrection = true } = options;
  assertBelowOne('scaleByAdam: beta1', beta1, 'Leave it out for 0.9.');
  assertBelowOne('scaleByAdam: beta2', beta2, 'Leave it out for 0.999.');
  assertAboveZero('scaleByAdam: epsilon', epsilon, 'Leave it out for 1e-8.');
  const adam = { beta1, beta2, epsilon, epsilonBeforeCorrection, biasCorrection };
  return {
    adam,
    start(parameters) {
      const first = zerosLike(parameters);
      const second = zerosLike(parameters);
      return {
        slots: new Map([...named('first_moment', first), ...named('second_moment', second)]),
        plan(updates, plan) {
          const { biasCorrection1, biasCorrection2, epsilon } = adamAt(adam, updates.step);
          const tensors = mapTensors(scaledTensors(updates), (g, name) => {
            const [oldM, oldV] = [first.get(name)!, second.get(name)!];
            const m = plan.hold(add(mul(oldM, beta1), mul(g, 1 - beta1)));
            const v = plan.hold(add(mul(oldV, beta2), mul(square(g), 1 - beta2)));
            plan.onApply(() => {
              oldM.assign(m);
              oldV.assign(v);
            });
            return div(div(m, biasCorrection1), add(sqrt(div(v, biasCorrection2)), epsilon));
          });
          return { step: updates.step, stepNow: updates.stepNow, tensors };
        },
      };
    },
  };
}

/** What Adam divides by in a step, counted from 0; an ε that comes before the correction grows with it. */
export function adamAt(
  { beta1, beta2, epsilon, epsilonBeforeCorrection, biasCorrection }: Required<AdamOptions>,
  step: number,
): { biasCorrection1: number; biasCorrection2: number; epsilon: number } {
  if (!biasCorrection) return { biasCorrection1: 1, biasCorrection2: 1, epsilon };
  const biasCorrection2 = 1 - beta2 ** (step + 1);
  return {
    biasCorrection1: 1 - beta1 ** (step + 1),
    biasCorrection2,
    epsilon: epsilonBeforeCorrection ? epsilon / Math.sqrt(biasCorrection2) : epsilon,
  };
}
