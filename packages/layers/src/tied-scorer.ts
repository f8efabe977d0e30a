import { linearCrossEntropy, type Scorer } from '@tenon/core';
import { type Tensor, type Tensor1D, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { linearMap } from './linear-map.ts';

/**
 * Vocabulary scores by the token embeddings themselves (Press and Wolf 2017): logits = hidden · Wᵀ.
 *
 * @param weight the token embeddings [V, C]; borrowed, not owned.
 */
export function tiedScorer(weight: Tensor2D): Scorer {
  const logits = (hidden: Tensor): Tensor => tidy(() => linearMap(hidden, weight, undefined, 'out,in'));
  return {
    logits,
    negativeLogLikelihood: (hidden: Tensor2D, targets: Tensor1D): Tensor1D =>
      linearCrossEntropy(hidden, weight, targets),
  };
}
