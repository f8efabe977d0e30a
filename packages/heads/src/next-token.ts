// What heads with a language model share. B batch, T time, C channels.

import { assertShape, type Backbone, type Scorer, TenonError } from '@tenon/core';
import {
  concat,
  div,
  fill,
  maximum,
  minimum,
  type Rank,
  reshape,
  type Scalar,
  slice,
  sum,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { counted, IGNORED, meanOfCounted } from './label-loss.ts';

/** @throws {TenonError} when the backbone has no vocabulary scores. */
export function scorerOf(head: string, backbone: Backbone): Scorer {
  if (backbone.scorer !== undefined) return backbone.scorer;
  throw new TenonError({
    subject: head,
    expected: 'a backbone with a scorer',
    got: `${backbone.constructor.name} without`,
    advice: 'Take a model that scores a vocabulary, as GPT-2 does.',
  });
}

/** The token that follows each token: labels [B, T] moved by one, with nothing after the last. */
export function followingTokens(labels: Tensor2D): Tensor2D {
  assertShape('labels', labels.shape, ['B', 'T'], 'Pass a row of labels for each sequence.');
  const [B, T] = labels.shape;
  return concat([slice(labels, [0, 1], [B, T - 1]), fill([B, 1], IGNORED, 'int32')], 1);
}

/** How many of a batch's tokens [B, T] are to be predicted, from the one at `first` of each row on. */
export function countTargets(tokens: Tensor2D, first = 0): number {
  const time = tokens.shape[1];
  return tokens.dataSync().filter((token, i) => i % time >= first && token >= 0).length;
}

/**
 * −log p of each token's target, [B·T], and how many count.
 *
 * @param hidden [B, T, C]
 * @param targets int32 [B, T], negative where nothing is to be predicted
 */
export function nextTokenLosses(
  scorer: Scorer,
  hidden: Tensor3D,
  targets: Tensor2D,
): { nll: Tensor1D; count: Scalar } {
  const [B, T, C] = hidden.shape;
  assertShape('targets', targets.shape, [B, T], 'Pass one for each input token.');
  const flat = reshape<Rank.R1>(targets, [B * T]);
  const nll = scorer.negativeLogLikelihood(reshape<Rank.R2>(hidden, [B * T, C]), flat);
  return { nll, count: sum(counted(flat)) };
}

/** The mean over the targets that count; 0 where none does. */
export function meanNextTokenLoss(scorer: Scorer, hidden: Tensor3D, targets: Tensor2D): Scalar {
  const { nll, count } = nextTokenLosses(scorer, hidden, targets);
  return div(sum(nll), maximum(count, 1));
}

/**
 * Of each sequence the mean over its targets, and the mean of these over the sequences that have any, so that long
 * texts count no more than short ones; 0 where none does.
 */
export function meanSequenceLoss(scorer: Scorer, hidden: Tensor3D, targets: Tensor2D): Scalar {
  const { nll } = nextTokenLosses(scorer, hidden, targets);
  const counts = sum(counted(targets), 1); // [B]
  const means = div(sum(reshape(nll, targets.shape), 1), maximum(counts, 1)); // [B]
  return meanOfCounted(means, minimum(counts, 1));
}
