import type { Tensor } from '@tensorflow/tfjs-core';

/** A model as a task knows it: what has scores. */
export interface LogitsModel<Batch> {
  /** Scores for each row of a batch, [B, …]. */
  logits(batch: Batch): Tensor;
}

/** The scores of each row of a batch, [L] or [T, L], as lists. */
export async function rowsOfLogits<Batch>(model: LogitsModel<Batch>, batch: Batch): Promise<unknown[]> {
  const logits = model.logits(batch);
  try {
    return (await logits.array()) as unknown[];
  } finally {
    logits.dispose();
  }
}
