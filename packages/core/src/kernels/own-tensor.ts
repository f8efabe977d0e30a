import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { defineKernel, type WithFunction } from '../named-kernel.ts';

/** An array stands in the place of a number, as functions do in other kernels: it is passed on as it is. */
type Attributes = WithFunction<'values'> & { readonly shape: number[] };

const run = defineKernel<Record<never, never>, Attributes>({
  name: 'TenonOwn',
  reference: (_, { values, shape }) => tensor(values as Float32Array, shape, 'float32'),
});

/**
 * A float32 tensor of numbers that the caller gives away: a backend may keep the array itself as the tensor's data,
 * and change it. `tensor` of TensorFlow.js copies on some backends, so that large weights would be there twice.
 */
export function ownTensor(values: Float32Array, shape: readonly number[]): Tensor {
  const attributes = { values, shape: [...shape] } as unknown as Attributes;
  return run({}, attributes)[0]!;
}
