import { matMul } from '../graph/mat-mul.ts';
import { add } from '../graph/operations.ts';
import { record, rowsOf } from '../graph/recorder.ts';
import type { LazyValue } from '../graph/value.ts';

/** Scores computed at a time: few enough to stay in the processor's caches, enough for whole products. */
const SCORES_AT_A_TIME = 2 ** 21;
/** Up to so many scores in all are kept for the gradient, 64 MB; more are computed again. */
const KEPT_SCORES = 2 ** 24;

/** What scores are made of. */
export interface VocabularyOperands {
  /** [N, C] */
  readonly hidden: LazyValue;
  /** [V, C] */
  readonly weight: LazyValue;
  /** [V]; null where nothing is added. */
  readonly bias: LazyValue | null;
}

/** Consecutive rows of the weight, with their scores. */
export interface Chunk {
  /** [W, C] */
  readonly weight: LazyValue;
  /** [N, W] = hidden · weightᵀ + bias */
  readonly scores: LazyValue;
}

/** The operands of a kernel's call, whose bias is a scalar where there is none. */
export function vocabularyOperands(
  value: (name: 'hidden' | 'weight' | 'bias') => LazyValue,
): VocabularyOperands {
  const bias = value('bias');
  return { hidden: value('hidden'), weight: value('weight'), bias: bias.shape.length === 0 ? null : bias };
}

/**
 * The scores of a vocabulary, some words at a time.
 *
 * @param again whether the caller has computed them before: it finds those again if they are few, otherwise it
 *   gets others that are computed when they are needed
 */
export function vocabularyChunks({ hidden, weight, bias }: VocabularyOperands, again: boolean): Chunk[] {
  const [rows, words] = [hidden.shape[0]!, weight.shape[0]!];
  const count = Math.ceil((rows * words) / SCORES_AT_A_TIME);
  const size = Math.ceil(words / count);
  const anew = again && rows * words > KEPT_SCORES;
  return Array.from({ length: Math.ceil(words / size) }, (_, index) => {
    const [start, length] = [index * size, Math.min(size, words - index * size)];
    const part = rowsOf(weight, start, length);
    const products = anew ? productAgain(hidden, part) : matMul(hidden, part, false, true);
    return { weight: part, scores: bias === null ? products : add(products, rowsOf(bias, start, length)) };
  });
}

/** The same product under another name, which does not find the first one. */
function productAgain(hidden: LazyValue, weight: LazyValue): LazyValue {
  const shape = [hidden.shape[0]!, weight.shape[0]!];
  return record('Gemm', [hidden, weight], { shape, type: 'float32' }, { transB: 1 });
}
