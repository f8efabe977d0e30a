import { binary, unary, where } from '../graph/operations.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

/** 1 above zero, `alpha` at and below it, NaN for NaN. */
export const step: LoweredKernel = kernel<{ alpha: number }>('Step', ({ value, attrs }) => {
  const x = value('x');
  if (x.type !== 'float32') return undefined;
  // Of relu(x), which is there already where this is the gradient of relu.
  if (!attrs.alpha) return unary('Sign', unary('Relu', x));
  const steps = where(binary('Greater', x, 0, 'bool'), 1, attrs.alpha);
  return where(binary('Equal', x, x, 'bool'), steps, x);
});
