import {
  add,
  matMul,
  type Rank,
  reshape,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';

/** Which way round a weight matrix lies: PyTorch's Linear `[out, in]`, GPT-2's Conv1D `[in, out]`. */
export type WeightLayout = 'out,in' | 'in,out';

/**
 * x · W + b over the last axis, for an x of any rank.
 *
 * Higher ranks are flattened to a matrix on the way: TensorFlow.js multiplies stacks of matrices by one,
 * but the gradient of that does not sum over the stack.
 */
export function linearMap(
  x: Tensor,
  weight: Tensor2D,
  bias: Tensor1D | undefined,
  layout: WeightLayout,
): Tensor {
  const [inputSize, outputSize] = layout === 'in,out' ? weight.shape : [weight.shape[1], weight.shape[0]];
  const rows = x.rank === 2 ? (x as Tensor2D) : reshape<Rank.R2>(x, [-1, inputSize]);
  const product = matMul(rows, weight, false, layout === 'out,in');
  const y = bias === undefined ? product : add(product, bias);
  return x.rank === 2 ? y : reshape(y, [...x.shape.slice(0, -1), outputSize]);
}
