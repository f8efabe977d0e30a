import { TenonError } from '@tenon/core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** A model as a task knows it: what has scores. */
export interface LogitsModel<Batch> {
  /** Scores for each row of a batch, [B, …]. */
  logits(batch: Batch): Tensor;
}

/**
 * The scores of each row of a batch, [L] or [T, L], as lists.
 *
 * @param labels L, where the task knows it
 * @throws {TenonError} when the model has another number of outputs.
 */
export async function rowsOfLogits<Batch>(
  model: LogitsModel<Batch>,
  batch: Batch,
  labels?: number,
): Promise<unknown[]> {
  const logits = model.logits(batch);
  try {
    const outputs = logits.shape.at(-1);
    if (labels !== undefined && outputs !== labels) {
      throw new TenonError({
        subject: "the model's outputs",
        expected: `${labels}, as the task has labels`,
        got: String(outputs),
        advice: 'Make the head with the labels of the task, in the same order.',
      });
    }
    return (await logits.array()) as unknown[];
  } finally {
    logits.dispose();
  }
}
