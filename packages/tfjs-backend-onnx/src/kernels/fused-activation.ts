import { binary, mul, unary, where } from '../graph/operations.ts';
import { constant, record } from '../graph/recorder.ts';
import type { LazyValue } from '../graph/value.ts';
import { leakyRelu } from './leaky-relu.ts';

/** What the fused kernels (product or convolution, bias, activation) are told of their activation. */
export interface FusedActivationAttributes {
  /** @default 'linear' */
  readonly activation?: string;
  readonly leakyreluAlpha?: number;
}

/** Applies a fused kernel's activation; undefined where it is not known here. `slope` is that of prelu. */
export function activated(
  x: LazyValue,
  { activation, leakyreluAlpha }: FusedActivationAttributes,
  slope: LazyValue | null,
): LazyValue | undefined {
  switch (activation ?? 'linear') {
    case 'linear':
      return x;
    case 'relu':
      return unary('Relu', x);
    case 'relu6':
      return record('Clip', [x, constant(0), constant(6)], x);
    case 'sigmoid':
      return unary('Sigmoid', x);
    case 'elu':
      return record('Elu', [x], x, { alpha: { float: 1 } });
    case 'leakyrelu':
      return leakyRelu(x, leakyreluAlpha);
    case 'prelu':
      return slope ? where(binary('Less', x, 0, 'bool'), mul(slope, x), x) : undefined;
    default:
      return undefined;
  }
}
