import { setImmediate } from 'node:timers/promises';
import { type BatchSource, type Logits, type Objective, TenonError } from '@tenon/core';
import { dispose, type Scalar, type TensorContainer, tidy } from '@tensorflow/tfjs-core';
import { assertFinite } from './assert-finite.ts';
import { CarriedState, type StateOptions } from './carried-state.ts';
import { type CountOptions, countLabels } from './count-batch.ts';

/** How well an objective is met by batches it is not trained on. */
export interface Evaluation {
  /** The mean loss in nats, each batch weighted by what its loss is a mean over. */
  readonly loss: number;
  /** e to the loss: means something where the loss is a negative log-likelihood per token. */
  readonly perplexity: number;
  /** Of a task's predictions, by their names. */
  readonly metrics?: Readonly<Record<string, number>>;
}

export interface EvaluateOptions<Batch> extends Pick<CountOptions<Batch>, 'weight'>, StateOptions<Batch> {
  /**
   * Is given each batch after its loss was worked out, with the logits that the loss is of where the objective gives
   * them, before all of it is disposed of.
   */
  readonly onBatch?: (batch: Batch, logits?: Logits) => void | Promise<void>;
}

/**
 * The mean loss over all batches of a source that ends, with dropout off.
 *
 * @throws {TenonError} when there is no batch, or when the loss is not finite.
 */
export async function evaluate<Batch>(
  objective: Objective<Batch>,
  batches: BatchSource<Batch>,
  options: EvaluateOptions<Batch> = {},
): Promise<Evaluation> {
  return asEvaluation(await meanLoss(objective, batches, options), 'evaluation loss');
}

/** The mean loss as it is, NaN and all. */
export async function meanLoss<Batch>(
  objective: Objective<Batch>,
  batches: BatchSource<Batch>,
  { weight, state, onBatch }: EvaluateOptions<Batch>,
): Promise<number> {
  const weightOf = weight ?? ((batch: Batch) => objective.countOf?.(batch) ?? countLabels(batch));
  using carried = new CarriedState(state);
  let total = 0;
  let counted = 0;
  let any = false;
  for (let batch = await batches.next(); batch !== undefined; batch = await batches.next()) {
    any = true;
    try {
      const context = { training: false, logits: onBatch !== undefined, ...carried.before(batch) };
      const { value, logits } = tidy((): { value: Scalar; logits?: Logits } => {
        const { loss, logits } = objective.loss(batch!, context);
        return logits === undefined ? { value: loss } : { value: loss, logits };
      });
      try {
        const loss = await readScalar(value);
        const count = weightOf(batch);
        // A batch without anything to count has no mean.
        if (count > 0) total += count * loss;
        counted += count;
        await onBatch?.(batch, logits);
      } finally {
        dispose([value, logits ?? []]);
      }
    } finally {
      disposeBatch(batch);
    }
    await setImmediate(); // lets timers, signals and input have their turn
  }
  if (counted === 0) {
    throw new TenonError({
      subject: 'evaluation',
      expected: any ? 'at least one label' : 'at least one batch',
      got: 'none',
      advice: any
        ? 'Give evaluation batches with labels, or a weight that counts what theirs are called.'
        : 'Give evaluation batches that are at least one batch long, made anew for each evaluation.',
    });
  }
  return total / counted;
}

/** @throws {TenonError} as `assertFinite` does. */
export function asEvaluation(loss: number, subject: string, state?: string): Evaluation {
  assertFinite(subject, loss, state);
  return { loss, perplexity: Math.exp(loss) };
}

export async function readScalar(value: Scalar): Promise<number> {
  return (await value.data())[0]!;
}

/** Frees the tensors of a batch, however it nests them. */
export function disposeBatch(batch: unknown): void {
  dispose(batch as TensorContainer);
}
