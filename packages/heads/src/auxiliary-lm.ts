// GPT's auxiliary objective (Radford et al. 2018, equation 5). B batch, T time.

import { type Backbone, type Encoded, type ModelInput, type Scorer, TenonError } from '@tenon/core';
import { add, fill, greater, mul, type Scalar, type Tensor2D, where } from '@tensorflow/tfjs-core';
import { IGNORED } from './label-loss.ts';
import { followingTokens, meanSequenceLoss, scorerOf } from './next-token.ts';

export interface AuxiliaryLMOptions {
  /**
   * What a language model on the task's own texts counts beside the task: λ in L3 = L2 + λ · L1 (Radford et al. 2018,
   * equation 5). GPT's is 0.5; above 0 the backbone has to score a vocabulary.
   * @default 0
   */
  readonly lmCoefficient?: number;
}

export interface AuxiliaryLMBatch {
  /**
   * int32 [B, T]: what the language model learns, where there is one: the input ids again, −100 where a token is not
   * to be predicted. @default the input ids without padding
   */
  readonly lmLabels?: Tensor2D;
}

/** A language model that learns along with a task. */
export interface AuxiliaryLM {
  readonly coefficient: number;
  readonly scorer: Scorer;
}

/** @throws {TenonError} about a coefficient below 0, and where it is above, a backbone without vocabulary scores. */
export function auxiliaryLM(
  head: string,
  backbone: Backbone,
  { lmCoefficient: coefficient = 0 }: AuxiliaryLMOptions,
): AuxiliaryLM | undefined {
  assertCoefficient(head, coefficient);
  return coefficient === 0 ? undefined : { coefficient, scorer: scorerOf(head, backbone) };
}

/** @throws {TenonError} when it is not a number of at least 0. */
export function assertCoefficient(head: string, coefficient: number): void {
  if (Number.isFinite(coefficient) && coefficient >= 0) return;
  throw new TenonError({
    subject: `${head} lmCoefficient`,
    expected: 'a number of at least 0',
    got: String(coefficient),
    advice: 'Pass 0.5, as GPT has it, or 0 for no language model.',
  });
}

/** An objective's value. (A type and not an interface, so that `tf.tidy` takes it.) */
type TaskLoss =
  | { readonly loss: Scalar }
  | { readonly loss: Scalar; readonly parts: Record<'task' | 'lm', Scalar> };

/** The task's loss; with a language model, that and λ times its loss, with the parts `task` and `lm`. */
export function withLanguageModel(
  lm: AuxiliaryLM | undefined,
  task: Scalar,
  { lastHidden }: Encoded,
  batch: AuxiliaryLMBatch & ModelInput,
): TaskLoss {
  if (lm === undefined) return { loss: task };
  const lmLoss = meanSequenceLoss(lm.scorer, lastHidden, targetsOf(batch));
  return { loss: add<Scalar>(task, mul(lmLoss, lm.coefficient)), parts: { task, lm: lmLoss } };
}

/** The token that follows each token, int32 [B, T]; padding predicts nothing and is not predicted. */
function targetsOf({ lmLabels, inputIds, attentionMask }: AuxiliaryLMBatch & ModelInput): Tensor2D {
  const labels = lmLabels ?? inputIds;
  if (labels === undefined) {
    throw new TenonError({
      subject: 'auxiliary language model',
      expected: 'lmLabels or inputIds',
      got: 'neither',
      advice: 'Pass lmLabels where the model reads something other than ids.',
    });
  }
  if (attentionMask === undefined) return followingTokens(labels);
  const isToken = greater(attentionMask, 0);
  const tokens = (ids: Tensor2D): Tensor2D => where(isToken, ids, fill(ids.shape, IGNORED, 'int32'));
  return tokens(followingTokens(lmLabels ?? tokens(labels)));
}
