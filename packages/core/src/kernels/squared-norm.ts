import { type Scalar, square, sum, type Tensor } from '@tensorflow/tfjs-core';
import { defineKernel } from '../named-kernel.ts';

const run = defineKernel<{ x: Tensor }, Record<never, never>>({
  name: 'TenonSquaredNorm',
  reference: ({ x }) => sum(square(x)),
});

/** The sum of the squares of all values. Not differentiable: it is for norms of gradients. */
export function squaredNorm(x: Tensor): Scalar {
  return run({ x }, {})[0] as Scalar;
}
