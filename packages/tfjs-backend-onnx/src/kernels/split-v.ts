import { backend_util, type Tensor, util } from '@tensorflow/tfjs-core';
import { split } from '../graph/operations.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

export const splitV: LoweredKernel = kernel<{ numOrSizeSplits: number | number[]; axis: number }>(
  'SplitV',
  ({ inputs, value, attrs }) => {
    const x = inputs['x']!;
    const axis = util.parseAxisParam(attrs.axis, x.shape)[0]!;
    // tfjs reads only the shape of what its types want to be a whole tensor.
    const sizes = backend_util.prepareSplitSize(x as Tensor, attrs.numOrSizeSplits, axis);
    return sizes.includes(0) ? undefined : split(value('x'), sizes, axis);
  },
);
