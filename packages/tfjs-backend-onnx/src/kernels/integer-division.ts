import { binary, cast, div, mul, sub, unary, where } from '../graph/operations.ts';
import type { LazyValue } from '../graph/value.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

/** −1, 1 and 0 among the divisors make processors trap or wrap; what JavaScript's numbers give is put in their place. */
function floorDivided(a: LazyValue, b: LazyValue): LazyValue {
  const [byZero, byMinusOne] = [binary('Equal', b, 0, 'bool'), binary('Equal', b, -1, 'bool')];
  const divisor = where(binary('Or', byZero, byMinusOne, 'bool'), 1, b);
  const quotient = div(a, divisor);
  // ONNX rounds towards zero.
  const rest = sub(a, mul(quotient, divisor));
  const opposite = binary('Xor', binary('Less', rest, 0, 'bool'), binary('Less', divisor, 0, 'bool'), 'bool');
  const down = binary('And', unary('Not', binary('Equal', rest, 0, 'bool')), opposite, 'bool');
  const floored = sub(quotient, cast(down, 'int32'));
  return where(byZero, 0, where(byMinusOne, sub(0, a), floored));
}

// The result is int32 whatever the operands; where those are not, they are rounded in float64, as on cpu.
export const integerDivision: LoweredKernel = kernel('FloorDiv', ({ value }) => {
  const [a, b] = [value('a'), value('b')];
  return a.type === 'int32' && b.type === 'int32' ? floorDivided(a, b) : undefined;
});
