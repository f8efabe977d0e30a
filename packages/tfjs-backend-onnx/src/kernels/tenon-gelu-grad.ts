import { add, mul, sub, unary } from '../graph/operations.ts';
import type { LazyValue } from '../graph/value.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

/** dy·gelu'(x). */
export const tenonGeluGrad: LoweredKernel = kernel<{ approximate: 'tanh' | 'none' }>(
  'TenonGeluGrad',
  ({ value, attrs }) => {
    const [x, dy] = [value('x'), value('dy')];
    return mul(dy, attrs.approximate === 'tanh' ? tanhSlope(x) : exactSlope(x));
  },
);

/**
 * gelu(x) ≈ x·s(z) with the logistic s and z = x·(k + l·x²), k = √(8/π), l = 0.044715·k; so
 * gelu'(x) = s·(1 + (1 − s)·x·(k + 3l·x²)).
 */
function tanhSlope(x: LazyValue): LazyValue {
  const k = Math.sqrt(8 / Math.PI);
  const l = 0.044715 * k;
  const squared = mul(x, x);
  const s = unary('Sigmoid', mul(x, add(mul(squared, l), k)));
  const inner = mul(x, add(mul(squared, 3 * l), k));
  return mul(s, add(mul(sub(1, s), inner), 1));
}

/** gelu(x) = x·Φ(x), so gelu'(x) = Φ(x) + x·φ(x), Φ and φ the normal distribution and its density. */
function exactSlope(x: LazyValue): LazyValue {
  const distribution = mul(add(unary('Erf', mul(x, Math.SQRT1_2)), 1), 0.5);
  const density = mul(unary('Exp', mul(mul(x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return add(distribution, mul(x, density));
}
