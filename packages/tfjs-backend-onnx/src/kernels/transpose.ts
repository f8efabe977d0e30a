import { transpose as transposeValue } from '../graph/operations.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

export const transpose: LoweredKernel = kernel<{ perm: number[] }>('Transpose', ({ value, attrs }) =>
  transposeValue(value('x'), [...attrs.perm]),
);
