import { util } from '@tensorflow/tfjs-core';
import { gather } from '../graph/operations.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

export const gatherV2: LoweredKernel = kernel<{ axis: number; batchDims: number }>(
  'GatherV2',
  ({ value, attrs }) => {
    const [x, indices] = [value('x'), value('indices')];
    if (attrs.batchDims || indices.type !== 'int32') return undefined;
    return gather(x, indices, util.parseAxisParam(attrs.axis, [...x.shape])[0]!);
  },
);
