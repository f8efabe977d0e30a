import { binary, where } from '../graph/operations.ts';
import { reshape } from '../graph/recorder.ts';
import type { LazyValue } from '../graph/value.ts';

export interface CountedLabels {
  /** int32 [N, 1], safe to index with: 0 where the row does not count. */
  readonly labels: LazyValue;
  /** bool [N, 1]: whether the row counts, that is, has a label that is not negative. */
  readonly counted: LazyValue;
}

/** Separates labels int32 [N], negative ones (−100 by custom) meaning "ignore this row", into what a graph can use. */
export function countedLabels(given: LazyValue): CountedLabels {
  const column = reshape(given, [given.size, 1]);
  const counted = binary('GreaterOrEqual', column, 0, 'bool');
  return { labels: where(counted, column, 0), counted };
}
