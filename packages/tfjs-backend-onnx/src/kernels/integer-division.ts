import { add, binary, cast, div, mul, sub, unary, where } from '../graph/operations.ts';
import { record } from '../graph/recorder.ts';
import type { LazyValue } from '../graph/value.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

/** The remainder with the sign of the divisor, computed as cpu does: ((a % b) + b) % b where the signs differ. */
function modulo(a: LazyValue, b: LazyValue): LazyValue {
  const remainder = (x: LazyValue): LazyValue => {
    const { shape } = sub(x, b);
    return record('Mod', [x, b], { shape, type: 'float32' }, { fmod: 1 });
  };
  const negative = (x: LazyValue): LazyValue => binary('Less', x, 0, 'bool');
  const sameSign = unary('Not', binary('Xor', negative(a), negative(b), 'bool'));
  const rest = remainder(a);
  return where(sameSign, rest, remainder(add(rest, b)));
}

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

export const integerDivision: LoweredKernel[] = [
  kernel('Mod', ({ value }) => {
    const [a, b] = [value('a'), value('b')];
    return a.type === 'float32' && b.type === 'float32' ? modulo(a, b) : undefined;
  }),
  // The result is int32, and so rounding is JavaScript's own where the operands are not.
  kernel('FloorDiv', ({ value }) => {
    const [a, b] = [value('a'), value('b')];
    return a.type === 'int32' && b.type === 'int32' ? floorDivided(a, b) : undefined;
  }),
];
