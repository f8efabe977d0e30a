import { type Logits, TenonError } from '@tenon/core';
import { dispose, Tensor } from '@tensorflow/tfjs-core';

/** A model as a task knows it: what has scores. */
export interface LogitsModel<Batch> {
  /** Scores for each row of a batch, [B, …]. */
  logits(batch: Batch): Tensor;
}

/** What is read of a model's scores, which are then disposed of. */
export async function readLogits<Batch, Given extends Logits, Outputs>(
  model: { logits(batch: Batch): Given },
  batch: Batch,
  read: (logits: Given) => Promise<Outputs>,
): Promise<Outputs> {
  const logits = model.logits(batch);
  try {
    return await read(logits);
  } finally {
    dispose(logits);
  }
}

/**
 * The scores of each row, [L] or [T, L], as lists.
 *
 * @param labels L, where the task knows it
 * @throws {TenonError} when the model has another number of outputs.
 */
export async function rowsOfLogits(logits: Logits, labels?: number): Promise<unknown[]> {
  const outputs = logits instanceof Tensor ? logits.shape.at(-1) : Object.keys(logits).join(' and ');
  if (logits instanceof Tensor && (labels === undefined || outputs === labels)) {
    return (await logits.array()) as unknown[];
  }
  throw new TenonError({
    subject: "the model's outputs",
    expected: labels === undefined ? 'one tensor' : `${labels}, as the task has labels`,
    got: String(outputs),
    advice: 'Make the head with the labels of the task, in the same order.',
  });
}
