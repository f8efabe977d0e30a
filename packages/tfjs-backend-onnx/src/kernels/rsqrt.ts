import { unary } from '../graph/operations.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

export const rsqrt: LoweredKernel = kernel('Rsqrt', ({ value }) => {
  const x = value('x');
  return x.type === 'float32' ? unary('Reciprocal', unary('Sqrt', x)) : undefined;
});
