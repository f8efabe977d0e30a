import { mul } from '../graph/operations.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

export const square: LoweredKernel = kernel('Square', ({ value }) => {
  const x = value('x');
  return x.type === 'bool' ? undefined : mul(x, x);
});
