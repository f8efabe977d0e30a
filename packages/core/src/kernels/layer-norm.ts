import { add, mean, mul, rsqrt, square, sub, sum, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core';
import { defineKernel } from '../named-kernel.ts';

const run = defineKernel<{ x: Tensor; gamma: Tensor; beta: Tensor }, { epsilon: number }>({
  name: 'TenonLayerNorm',
  reference({ x, gamma, beta }, { epsilon }) {
    const centre = mean(x, -1, true);
    const centred = sub(x, centre);
    const inverseStd = rsqrt(add(mean(square(centred), -1, true), epsilon));
    return [add(mul(mul(centred, inverseStd), gamma), beta), centre, inverseStd];
  },
  gradient: {
    inputsToSave: ['x', 'gamma'],
    outputsToSave: [false, true, true],
    gradFunc(dys, saved) {
      const [x, gamma, centre, inverseStd] = saved as [Tensor, Tensor, Tensor, Tensor];
      const [dx, dgamma, dbeta] = runGradient(
        { x, gamma, mean: centre, inverseStd, dy: (dys as Tensor[])[0]! },
        {},
      );
      return { x: () => dx!, gamma: () => dgamma!, beta: () => dbeta! };
    },
  },
});

const runGradient = defineKernel<
  { x: Tensor; gamma: Tensor; mean: Tensor; inverseStd: Tensor; dy: Tensor },
  Record<never, never>
>({
  name: 'TenonLayerNormGrad',
  reference({ x, gamma, mean: centre, inverseStd, dy }) {
    const normalised = mul(sub(x, centre), inverseStd);
    const scaled = mul(dy, gamma);
    const inner = sub(
      sub(scaled, mean(scaled, -1, true)),
      mul(normalised, mean(mul(scaled, normalised), -1, true)),
    );
    const rows = x.shape.slice(0, -1).map((_, axis) => axis);
    return [mul(inner, inverseStd), sum(mul(dy, normalised), rows), sum(dy, rows)];
  },
});

/**
 * Layer normalisation over the last axis (Ba et al. 2016): `(x − mean) / √(variance + epsilon) · gamma + beta`.
 *
 * @param x [..., C]
 * @param gamma [C]
 * @param beta [C]
 * @param epsilon GPT-2 takes 1e-5, BERT 1e-12.
 * @returns [..., C]
 */
export function layerNorm(x: Tensor, gamma: Tensor1D, beta: Tensor1D, epsilon: number): Tensor {
  const [y, centre, inverseStd] = run({ x, gamma, beta }, { epsilon });
  centre!.dispose();
  inverseStd!.dispose();
  return y!;
}
