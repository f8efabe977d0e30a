import { setImmediate } from 'node:timers/promises';
import { type BatchSource, type Objective, TenonError } from '@tenon/core';
import { dispose, type Scalar, Tensor, type TensorContainer, tidy } from '@tensorflow/tfjs-core';
import { assertFinite } from './assert-finite.ts';

/** How well an objective is met by batches it is not trained on. */
export interface Evaluation {
  /** The mean loss in nats, each batch weighted by its tokens. */
  readonly loss: number;
  /** e to the loss: means something where the loss is a negative log-likelihood per token. */
  readonly perplexity: number;
}

export interface CountOptions<Batch> {
  /**
   * How many tokens a batch has: its weight in an evaluation, and what tokens per second count.
   * @default the size of `inputIds`, or 1 for a batch without
   */
  readonly tokens?: (batch: Batch) => number;
}

/** The default of {@link CountOptions.tokens}. */
export function countInputIds(batch: unknown): number {
  const ids = (batch as { readonly inputIds?: unknown } | null)?.inputIds;
  return ids instanceof Tensor ? ids.size : 1;
}

/**
 * The mean loss over all batches of a source that ends, with dropout off.
 *
 * @throws {TenonError} when there is no batch, or when the loss is not finite.
 */
export async function evaluate<Batch>(
  objective: Objective<Batch>,
  batches: BatchSource<Batch>,
  options: CountOptions<Batch> = {},
): Promise<Evaluation> {
  return asEvaluation(await meanLoss(objective, batches, options), 'evaluation loss');
}

/** The mean loss as it is, NaN and all. */
export async function meanLoss<Batch>(
  objective: Objective<Batch>,
  batches: BatchSource<Batch>,
  { tokens = countInputIds }: CountOptions<Batch>,
): Promise<number> {
  let total = 0;
  let weight = 0;
  for (let batch = await batches.next(); batch !== undefined; batch = await batches.next()) {
    try {
      const count = tokens(batch);
      const value = tidy(() => objective.loss(batch, { training: false }).loss);
      total += count * (await readScalar(value));
      weight += count;
      value.dispose();
    } finally {
      disposeBatch(batch);
    }
    await setImmediate(); // lets timers, signals and input have their turn
  }
  if (weight === 0) {
    throw new TenonError({
      subject: 'evaluation',
      expected: 'at least one batch',
      got: 'none',
      advice: 'Give evaluation batches that are at least one batch long, made anew for each evaluation.',
    });
  }
  return total / weight;
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
