import type { DataType } from '@tensorflow/tfjs-core';
import { expand, filled } from '../graph/operations.ts';
import { sizeOf } from '../graph/value.ts';
import { dataKernel, kernel, type LoweredKernel } from '../kernel.ts';
import { type HostType, hostArray } from '../runtime/buffer-pool.ts';

interface FillAttributes {
  readonly shape: number[];
  readonly value: number | string;
  readonly dtype?: DataType;
}

export const fill: LoweredKernel = dataKernel<FillAttributes>('Fill', ({ attrs, backend }) => {
  const { shape, value } = attrs;
  const dtype = attrs.dtype ?? (typeof value === 'string' ? 'string' : 'float32');
  if (typeof value === 'string' || dtype === 'string' || dtype === 'complex64' || sizeOf(shape) === 0)
    return undefined;
  if (Object.is(value, 0) || value === 1) return filled(value, shape, dtype);
  // Any other number may change from call to call: as a scalar it does not make another graph each time.
  const scalar = backend.scalar(hostArray(dtype, [value]), dtype as HostType);
  return expand(scalar, shape);
});

export const zerosLike: LoweredKernel = kernel('ZerosLike', ({ inputs }) => {
  const x = inputs['x']!;
  return filled(0, x.shape, x.dtype as HostType);
});

export const onesLike: LoweredKernel = kernel('OnesLike', ({ inputs }) => {
  const x = inputs['x']!;
  return filled(1, x.shape, x.dtype as HostType);
});
