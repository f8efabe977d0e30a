import { matMul } from '../graph/mat-mul.ts';
import { record, rowsOf } from '../graph/recorder.ts';
import type { LazyValue } from '../graph/value.ts';

/** Scores computed at a time: few enough to stay in the processor's caches, enough for whole products. */
const SCORES_AT_A_TIME = 2 ** 21;
/** Up to so many scores in all are kept for the gradient, 64 MB; more are computed again. */
const KEPT_SCORES = 2 ** 24;

/** Consecutive rows of the weight, with their scores. */
export interface Chunk {
  /** [W, C] */
  readonly weight: LazyValue;
  /** [N, W] = hidden · weightᵀ */
  readonly scores: LazyValue;
}

/**
 * The scores of a vocabulary, some words at a time.
 *
 * @param hidden [N, C]
 * @param weight [V, C]
 * @param again whether the caller has computed them before: it finds those again if they are few, otherwise it
 *   gets others that are computed when they are needed
 */
export function vocabularyChunks(hidden: LazyValue, weight: LazyValue, again: boolean): Chunk[] {
  const [rows, words] = [hidden.shape[0]!, weight.shape[0]!];
  const count = Math.ceil((rows * words) / SCORES_AT_A_TIME);
  const size = Math.ceil(words / count);
  const anew = again && rows * words > KEPT_SCORES;
  return Array.from({ length: Math.ceil(words / size) }, (_, index) => {
    const part = rowsOf(weight, index * size, Math.min(size, words - index * size));
    const scores = anew ? productAgain(hidden, part) : matMul(hidden, part, false, true);
    return { weight: part, scores };
  });
}

/** The same product under another name, which does not find the first one. */
function productAgain(hidden: LazyValue, weight: LazyValue): LazyValue {
  const shape = [hidden.shape[0]!, weight.shape[0]!];
  return record('Gemm', [hidden, weight], { shape, type: 'float32' }, { transB: 1 });
}
