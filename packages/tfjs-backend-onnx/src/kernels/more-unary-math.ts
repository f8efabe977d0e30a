import { add, binary, cast, div, mul, sub, unary, where } from '../graph/operations.ts';
import { record } from '../graph/recorder.ts';
import type { LazyValue } from '../graph/value.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

const on = (name: string, apply: (x: LazyValue) => LazyValue): LoweredKernel =>
  kernel(name, ({ value }) => {
    const x = value('x');
    return x.type === 'float32' ? apply(x) : undefined;
  });

/** In this range 1 + x and eˣ − 1 lose digits of x. */
const isSmall = (x: LazyValue): LazyValue => binary('Less', unary('Abs', x), 0.5, 'bool');

/** log(u)·x / (u − 1) with u = 1 + x: what rounding u lost is lost twice, and cancels (Higham 2002, 1.14.1). */
function log1p(x: LazyValue): LazyValue {
  const u = add(x, 1);
  const excess = sub(u, 1);
  const small = where(binary('Equal', excess, 0, 'bool'), x, div(mul(unary('Log', u), x), excess));
  return where(isSmall(x), small, unary('Log', u));
}

/** (u − 1)·x / log(u) with u = eˣ, likewise. */
function expm1(x: LazyValue): LazyValue {
  const u = unary('Exp', x);
  const excess = sub(u, 1);
  const small = where(binary('Equal', excess, 0, 'bool'), x, div(mul(excess, x), unary('Log', u)));
  return where(isSmall(x), small, excess);
}

/** −1, 0 or 1; 0 for NaN, as on cpu. */
function sign(x: LazyValue): LazyValue {
  const [positive, negative] = [binary('Greater', x, 0, 'bool'), binary('Less', x, 0, 'bool')];
  return sub(cast(positive, 'float32'), cast(negative, 'float32'));
}

/** Unary mathematics that takes more than the operator's name, or gives booleans. */
export const moreUnaryMath: LoweredKernel[] = [
  on('Log1p', log1p),
  on('Expm1', expm1),
  on('Sign', sign),
  on('Softplus', (x) => unary('Softplus', x)),
  on('Selu', (x) =>
    record('Selu', [x], x, { alpha: { float: 1.6732632423543772 }, gamma: { float: 1.0507009873554805 } }),
  ),
  on('IsNan', (x) => unary('IsNaN', x, 'bool')),
  on('IsInf', (x) => unary('IsInf', x, 'bool')),
  // Infinity less itself is NaN, as NaN is.
  on('IsFinite', (x) => unary('Not', unary('IsNaN', sub(x, x), 'bool'))),
];
