// B batch, T time, P predictions a sequence, C channels.

import { assertShape, embedding, type ModelInput, TenonError } from '@tenon/core';
import { assertIds } from '@tenon/layers';
import {
  add,
  expandDims,
  type Rank,
  range,
  reshape,
  type Scalar,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { counted, meanOfCounted } from './label-loss.ts';
import type { MaskedPredictions } from './masked-predictions.ts';

/** What was under the masks: `labels`, or `maskedPositions` with `maskedIds`. */
export interface MaskedWords {
  /** int32 [B, T], as Hugging Face has it: the word that was there, −100 where nothing is to be predicted. */
  readonly labels?: Tensor2D;
  /**
   * int32 [B, P], as the original program has it: the places of the tokens to predict. Only these are scored, which
   * for the usual 15 % saves most of the head's work.
   */
  readonly maskedPositions?: Tensor2D;
  /** int32 [B, P]: the words that were there, −100 for a place that is not used. */
  readonly maskedIds?: Tensor2D;
}

export interface MaskedLMBatch extends ModelInput, MaskedWords {}

/**
 * The mean of −log p over the words that are to be predicted.
 *
 * @param hidden [B, T, C]
 * @throws {TenonError} about a batch that says too little or too much, shapes, and words outside of the vocabulary.
 */
export function maskedLoss(predictions: MaskedPredictions, hidden: Tensor3D, masked: MaskedWords): Scalar {
  const { rows, words } = predicted(hidden, masked);
  return meanOfCounted(predictions.negativeLogLikelihood(rows, words), counted(words));
}

/** The hidden states to predict from, [N, C], and the words, int32 [N]. */
function predicted(
  hidden: Tensor3D,
  { labels, maskedPositions, maskedIds }: MaskedWords,
): { rows: Tensor2D; words: Tensor1D } {
  const [B, T, C] = hidden.shape;
  const all = reshape<Rank.R2>(hidden, [B * T, C]);
  if (labels !== undefined && maskedPositions === undefined && maskedIds === undefined) {
    assertShape('labels', labels.shape, [B, T], 'Pass a word for each token, −100 where none is predicted.');
    return { rows: all, words: reshape<Rank.R1>(labels, [B * T]) };
  }
  if (labels !== undefined || maskedPositions === undefined || maskedIds === undefined) {
    const given = Object.entries({ labels, maskedPositions, maskedIds }).filter(([, value]) => value);
    throw new TenonError({
      subject: 'masked LM batch',
      expected: 'either labels, or maskedPositions and maskedIds',
      got: given.map(([name]) => name).join(', ') || 'none of them',
      advice: 'Pass what the masking of the data gives.',
    });
  }
  assertShape('masked positions', maskedPositions.shape, [B, 'P'], 'Pass as many places for each sequence.');
  assertShape('masked ids', maskedIds.shape, maskedPositions.shape, 'Pass a word for each place.');
  assertIds('masked positions', maskedPositions, T, 'Use place 0 with the word −100 to fill up.');
  const starts = expandDims(range(0, B * T, T, 'int32'), 1); // [B, 1]
  const places = reshape<Rank.R1>(add(maskedPositions, starts), [maskedPositions.size]);
  const words = reshape<Rank.R1>(maskedIds, [maskedIds.size]);
  return { rows: embedding(all, places) as Tensor2D, words };
}
