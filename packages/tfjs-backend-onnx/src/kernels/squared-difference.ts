import { mul, sub } from '../graph/operations.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

export const squaredDifference: LoweredKernel = kernel('SquaredDifference', ({ value }) => {
  const [a, b] = [value('a'), value('b')];
  if (a.type === 'bool' || a.type !== b.type) return undefined;
  const difference = sub(a, b);
  return mul(difference, difference);
});
