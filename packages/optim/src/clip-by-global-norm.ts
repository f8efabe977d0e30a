import { squaredNorm } from '@tenon/core';
import { add, addN, div, minimum, mul, type Scalar, sqrt } from '@tensorflow/tfjs-core';
import { assertAboveZero } from './checks.ts';
import type { Transform } from './transform.ts';

/** Keeps the factor finite for a gradient of zeros, as PyTorch's `clip_grad_norm_` does. */
export const CLIP_EPSILON = 1e-6;

/**
 * Shortens all gradients together when they are too long (Pascanu et al. 2013):
 *
 *     norm = √(Σ g²) over all parameters        g ← g · min(1, maximum / (norm + 1e-6))
 *
 * Only the factor is worked out here; it is multiplied in by whatever comes next. The norm before clipping
 * is reported by the optimiser; a maximum of `Infinity` clips nothing and reports it all the same.
 *
 * @throws {TenonError} when `maximum` is not above 0.
 */
export function clipByGlobalNorm(maximum: number): Transform {
  assertAboveZero('clipByGlobalNorm: maximum', maximum, 'Pass 1, the usual maximum, for instance.');
  return {
    start: () => ({
      plan(updates, plan) {
        const { tensors, scale } = updates;
        const length = sqrt(addN([...tensors.values()].map(squaredNorm)));
        const norm: Scalar = plan.hold(scale === undefined ? length : mul(length, scale));
        plan.gradientNorm = norm;
        if (maximum === Number.POSITIVE_INFINITY) return updates;
        const factor: Scalar = minimum(div(maximum, add(norm, CLIP_EPSILON)), 1);
        return { ...updates, scale: scale === undefined ? factor : mul(factor, scale) };
      },
    }),
  };
}
