import { binary, mul, where } from '../graph/operations.ts';
import { changeable, record } from '../graph/recorder.ts';
import type { LazyValue } from '../graph/value.ts';

/** So many slopes, more than a model's layers have, are built into graphs. Those that follow are a schedule's, or drawn. */
const SLOPES_BUILT_IN = 8;
const slopes = new Set<number>();

/** x where it is not negative, and slope · x where it is. ONNX's operator takes the slope as a part of the graph alone. */
export function leakyRelu(x: LazyValue, slope = 0.2): LazyValue {
  if (slopes.size < SLOPES_BUILT_IN) slopes.add(slope);
  if (slopes.has(slope)) return record('LeakyRelu', [x], x, { alpha: { float: slope } });
  return where(binary('Less', x, 0, 'bool'), mul(x, changeable(slope, 'float32', 'often')), x);
}
