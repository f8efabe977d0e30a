import { Tensor } from '@tensorflow/tfjs-core';

export interface CountOptions<Batch> {
  /**
   * How many tokens a batch has: what tokens per second count.
   * @default the ones of `attentionMask`, else the size of `inputIds`, else the words of `characterIds` that are no padding,
   * or 1 for a batch without any
   */
  readonly tokens?: (batch: Batch) => number;
  /**
   * How many things a batch's loss is the mean over: its weight in an evaluation.
   * @default what the objective's own `countOf` says, else the labels that are not −100, of tokens or of rows; else the rows, or 1 for a batch without tensors
   */
  readonly weight?: (batch: Batch) => number;
}

/** The default of {@link CountOptions.tokens}. */
export function countTokens(batch: unknown): number {
  const { attentionMask, inputIds, characterIds } = fields(batch);
  if (attentionMask instanceof Tensor) return count(attentionMask, (value) => value !== 0);
  if (inputIds instanceof Tensor) return inputIds.size;
  return characterIds instanceof Tensor ? countWords(characterIds) : 1;
}

/** The default of {@link CountOptions.weight}. */
export function countLabels(batch: unknown): number {
  const { targets, maskedIds, labels, ...others } = fields(batch);
  const isTensor = (value: unknown): value is Tensor => value instanceof Tensor;
  const told = [targets, maskedIds, labels].find(isTensor);
  if (told === undefined) return Object.values(others).find(isTensor)?.shape[0] ?? 1;
  // Numbers of a regression are float32, and so is what holds of several classes.
  return told.dtype === 'int32' && told.rank <= 2
    ? count(told, (value) => value !== IGNORED)
    : (told.shape[0] ?? 1);
}

/** As heads have it. */
const IGNORED = -100;

/** @param characterIds int32 [B, T, K], 0 where there is padding. */
function countWords(characterIds: Tensor): number {
  const characters = characterIds.shape.at(-1)!;
  return count(characterIds, (value, i) => i % characters === 0 && value !== 0);
}

/** Batches come from arrays, so that this waits for no computation. */
function count(tensor: Tensor, holds: (value: number, i: number) => boolean): number {
  let found = 0;
  tensor.dataSync().forEach((value, i) => {
    if (holds(value, i)) found++;
  });
  return found;
}

const fields = (batch: unknown): Readonly<Record<string, unknown>> =>
  (batch ?? {}) as Readonly<Record<string, unknown>>;
