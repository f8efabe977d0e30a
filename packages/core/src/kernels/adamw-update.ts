import {
  add,
  div,
  mul,
  type Scalar,
  sqrt,
  square,
  sub,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';
import { defineKernel, type WithFunction } from '../named-kernel.ts';

/** The numbers of one AdamW step. */
export interface AdamWStep {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** 1 − beta1ᵗ, or 1 for no correction. */
  readonly biasCorrection1: number;
  /** 1 − beta2ᵗ, or 1 for no correction. */
  readonly biasCorrection2: number;
}

type Attributes = WithFunction<'step'>;

const run = defineKernel<
  { parameter: Tensor; firstMoment: Tensor; secondMoment: Tensor; gradient: Tensor; scale: Tensor },
  Attributes
>({
  name: 'TenonAdamWUpdate',
  reference({ parameter, firstMoment, secondMoment, gradient, scale }, attributes) {
    const step = (attributes.step as () => AdamWStep)();
    const g = mul(gradient, scale);
    const m = add(mul(firstMoment, step.beta1), mul(g, 1 - step.beta1));
    const v = add(mul(secondMoment, step.beta2), mul(square(g), 1 - step.beta2));
    const change = div(div(m, step.biasCorrection1), add(sqrt(div(v, step.biasCorrection2)), step.epsilon));
    const decayed = mul(parameter, 1 - step.learningRate * step.weightDecay);
    return [sub(decayed, mul(change, step.learningRate)), m, v];
  },
});

/** A parameter and what Adam remembers of its gradients: three variables of one shape. */
export interface AdamWSlot {
  readonly parameter: Variable;
  readonly firstMoment: Variable;
  readonly secondMoment: Variable;
}

/**
 * One step of AdamW (Loshchilov and Hutter 2019) on one parameter, with g = gradient · scale:
 *
 *     m ← β₁ m + (1 − β₁) g        v ← β₂ v + (1 − β₂) g²
 *     p ← p (1 − lr · decay) − lr (m / c₁) / (√(v / c₂) + ε)
 *
 * A backend may do this in place: the three variables must not be read through another tensor that was
 * taken before, unless that is a clone.
 *
 * @param scale what the gradient is multiplied by: the factor of clipping.
 * @param step the numbers of the step, or a function that gives them: where a step is recorded once and replayed,
 *   it is asked at every replay.
 */
export function adamWUpdate(
  slot: AdamWSlot,
  gradient: Tensor,
  scale: Scalar,
  step: AdamWStep | (() => AdamWStep),
): void {
  const attributes = typeof step === 'function' ? { step } : { step: () => step };
  const updated = run({ ...slot, gradient, scale }, attributes as unknown as Attributes);
  const variables = [slot.parameter, slot.firstMoment, slot.secondMoment];
  variables.forEach((variable, i) => {
    variable.assign(updated[i]!);
    updated[i]!.dispose();
  });
}
