import { Tensor } from '@tensorflow/tfjs-core';

export interface CountOptions<Batch> {
  /**
   * How many tokens a batch has: what tokens per second count.
   * @default the ones of `attentionMask`, else the size of `inputIds`, or 1 for a batch without
   */
  readonly tokens?: (batch: Batch) => number;
  /**
   * How many things a batch's loss is the mean over: its weight in an evaluation.
   * @default the labels that are not −100 where each token has one, else the rows, or 1 for a batch without tensors
   */
  readonly weight?: (batch: Batch) => number;
}

/** The default of {@link CountOptions.tokens}. */
export function countTokens(batch: unknown): number {
  const { attentionMask, inputIds } = fields(batch);
  if (attentionMask instanceof Tensor) return count(attentionMask, (value) => value !== 0);
  return inputIds instanceof Tensor ? inputIds.size : 1;
}

/** The default of {@link CountOptions.weight}. */
export function countLabels(batch: unknown): number {
  const { targets, maskedIds, labels, inputIds } = fields(batch);
  const told = [targets, maskedIds, labels, inputIds, ...Object.values(fields(batch))].find(
    (value) => value instanceof Tensor,
  );
  if (told === undefined) return 1;
  const perToken = told.rank === 2 && told.dtype === 'int32' && told !== inputIds;
  return perToken ? count(told, (value) => value >= 0) : (told.shape[0] ?? 1);
}

/** Batches come from arrays, so that this waits for no computation. */
function count(tensor: Tensor, holds: (value: number) => boolean): number {
  let found = 0;
  for (const value of tensor.dataSync()) if (holds(value)) found++;
  return found;
}

const fields = (batch: unknown): Readonly<Record<string, unknown>> =>
  (batch ?? {}) as Readonly<Record<string, unknown>>;
