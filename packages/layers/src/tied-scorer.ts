import { type Scorer, softmaxCrossEntropy } from '@tenon/core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { linearMap } from './linear-map.ts';

/**
 * Vocabulary scores by the token embeddings themselves (Press and Wolf 2017): logits = hidden · Wᵀ.
 *
 * @param weight the token embeddings [V, C]; borrowed, not owned.
 */
export function tiedScorer(weight: Tensor2D): Scorer {
  return {
    logits: (hidden: Tensor): Tensor => linearMap(hidden, weight, undefined, 'out,in'),
    negativeLogLikelihood: (hidden: Tensor2D, targets: Tensor): Tensor =>
      softmaxCrossEntropy(linearMap(hidden, weight, undefined, 'out,in') as Tensor2D, targets as Tensor1D),
  };
}
