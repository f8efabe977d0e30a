import { kernel, type LoweredKernel } from '../kernel.ts';

/** An array that was given away becomes a tensor's memory as it is. */
export const tenonOwn: LoweredKernel = kernel<{ values: Float32Array; shape: number[] }>(
  'TenonOwn',
  ({ attrs, backend }) => backend.own(attrs.values, attrs.shape, 'float32'),
);
