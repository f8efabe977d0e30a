import { expand } from '../graph/operations.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

export const broadcastTo: LoweredKernel = kernel<{ shape: number[] }>('BroadcastTo', ({ value, attrs }) =>
  expand(value('x'), attrs.shape),
);
