import type { DataType } from '@tensorflow/tfjs-core';
import { cast as castValue } from '../graph/operations.ts';
import { dataKernel, type LoweredKernel } from '../kernel.ts';

export const cast: LoweredKernel = dataKernel<{ dtype: DataType }>(
  'Cast',
  ({ inputs, attrs, backend, value }) => {
    const x = inputs['x']!;
    if (x.dtype === attrs.dtype) return backend.alias(x);
    const numeric = [x.dtype, attrs.dtype].every((dtype) => dtype !== 'string' && dtype !== 'complex64');
    if (!numeric || x.shape.includes(0)) return undefined;
    return castValue(value('x'), attrs.dtype as 'float32' | 'int32' | 'bool');
  },
);
