import { squaredNorm } from '@tenon/core';
import { add, addN, div, minimum, mul, sqrt } from '@tensorflow/tfjs-core';
import { assertAboveZero } from './checks.ts';
import { CLIP_EPSILON } from './clip-by-global-norm.ts';
import { mapTensors, scaledTensors, type Transform } from './transform.ts';

/**
 * Shortens each parameter's gradient by itself when it is too long, as the optimisers of GPT and BERT do:
 *
 *     g ← g · min(1, maximum / (√(Σ g²) + 1e-6))
 *
 * The norm before clipping that the optimiser reports is that of all gradients together. Most others clip
 * that one: `clipByGlobalNorm`.
 *
 * @throws {TenonError} when `maximum` is not above 0.
 */
export function clipByNorm(maximum: number): Transform {
  assertAboveZero('clipByNorm: maximum', maximum, 'Pass 1, the usual maximum, for instance.');
  return {
    start: () => ({
      plan(updates, plan) {
        const tensors = scaledTensors(updates);
        const squares = new Map([...tensors].map(([name, tensor]) => [name, squaredNorm(tensor)]));
        plan.gradientNorm = plan.hold(sqrt(addN([...squares.values()])));
        const clipped = mapTensors(tensors, (tensor, name) => {
          const norm = sqrt(squares.get(name)!);
          return mul(tensor, minimum(div(maximum, add(norm, CLIP_EPSILON)), 1));
        });
        return { step: updates.step, stepNow: updates.stepNow, tensors: clipped };
      },
    }),
  };
}
