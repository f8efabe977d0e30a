import { add, binary, mul, where } from '../graph/operations.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

/** dy and the result y -> dy where y ≥ 0, dy·(y + 1) below. */
export const eluGrad: LoweredKernel = kernel('EluGrad', ({ value }) => {
  const [dy, y] = [value('dy'), value('y')];
  if (dy.type !== 'float32' || y.type !== 'float32') return undefined;
  return where(binary('GreaterOrEqual', y, 0, 'bool'), dy, mul(dy, add(y, 1)));
});
