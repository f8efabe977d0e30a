import { util } from '@tensorflow/tfjs-core';
import { sliceSteps } from '../graph/operations.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

export const reverse: LoweredKernel = kernel<{ dims: number | number[] }>('Reverse', ({ value, attrs }) => {
  const x = value('x');
  const axes = util.parseAxisParam(attrs.dims, [...x.shape]);
  if (axes.length === 0) return x;
  const counts = axes.map((axis) => x.shape[axis]!);
  return sliceSteps(
    x,
    axes,
    counts.map((count) => count - 1),
    counts,
    axes.map(() => -1),
  );
});
