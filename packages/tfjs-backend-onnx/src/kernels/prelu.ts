import { binary, mul, where } from '../graph/operations.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

/** x where it is not negative, alpha·x below; the two broadcast. */
export const prelu: LoweredKernel = kernel('Prelu', ({ value }) => {
  const [x, alpha] = [value('x'), value('alpha')];
  if (x.type !== 'float32' || alpha.type !== 'float32') return undefined;
  return where(binary('Less', x, 0, 'bool'), mul(alpha, x), x);
});
