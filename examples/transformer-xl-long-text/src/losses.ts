// What each token of a text costs a model that reads it segment by segment.
import type { Backbone } from '@tenon/core';
import { segmentBatches } from '@tenon/data';
import type { CausalLM } from '@tenon/heads';
import { dispose } from '@tensorflow/tfjs-core';

export interface TokenLoss {
  /** Which token of the text it is. */
  readonly place: number;
  /** −log p, in nats. */
  readonly loss: number;
}

/**
 * Reads a text once, from its second token to its last whole segment.
 *
 * @param memory whether what was read stays in the memory, or each segment is read as if it were the first
 */
export async function tokenLosses(
  model: CausalLM,
  ids: Int32Array,
  { length, memory }: { readonly length: number; readonly memory: boolean },
): Promise<TokenLoss[]> {
  const losses: TokenLoss[] = [];
  const state = memory ? (model.backbone as Backbone).initialState!(1, Number.POSITIVE_INFINITY) : undefined;
  try {
    const segments = segmentBatches(ids, { batchSize: 1, length });
    for (let batch = await segments.next(); batch !== undefined; batch = await segments.next()) {
      const { nll, count } = model.negativeLogLikelihood(batch, state && { state });
      for (const loss of await nll.data()) losses.push({ place: losses.length + 1, loss });
      dispose([nll, count, { ...batch }]);
    }
  } finally {
    state?.dispose();
  }
  return losses;
}
