import type { OnnxBackend } from '../backend.ts';
import { scatterRows } from '../graph/operations.ts';
import type { LazyValue } from '../graph/value.ts';

/**
 * The gradient of looking rows up in `weight` [V, C]: ids int32 [N], dy [N, C] -> the sum of the dy of each id [V, C].
 * On the host only for a weight that is not computed by the graph: the gradient of a parameter ends there, while that of
 * an activation would cut the graph in two.
 */
export function gradientOfLookUp(
  weight: LazyValue,
  ids: LazyValue,
  dy: LazyValue,
  backend: OnnxBackend,
): LazyValue {
  return scatterRows(dy, ids, weight.shape[0]!, backend.computesInHostMemory && weight.storage !== null);
}
