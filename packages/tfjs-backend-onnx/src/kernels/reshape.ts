import { util } from '@tensorflow/tfjs-core';
import { sizeOf } from '../graph/value.ts';
import { dataKernel, type LoweredKernel } from '../kernel.ts';

export const reshape: LoweredKernel = dataKernel<{ shape: number[] }>(
  'Reshape',
  ({ inputs, attrs, backend }) => {
    const x = inputs['x']!;
    const shape = util.inferFromImplicitShape(attrs.shape, sizeOf(x.shape));
    if (sizeOf(shape) !== sizeOf(x.shape)) {
      throw new Error(
        `reshape: expected a shape with the ${sizeOf(x.shape)} elements of [${x.shape}], got [${attrs.shape}] with ${sizeOf(shape)}.`,
      );
    }
    return backend.alias(x, shape);
  },
);
