import { linearCrossEntropy, type Scorer } from '@tenon/core';
import { type Tensor, type Tensor1D, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { linearMap } from './linear-map.ts';

/**
 * Vocabulary scores by the token embeddings themselves (Press and Wolf 2017): logits = hidden · Wᵀ + b.
 *
 * @param weight the token embeddings [V, C]; borrowed, not owned.
 * @param bias [V], borrowed too. @default none
 */
export function tiedScorer(weight: Tensor2D, bias?: Tensor1D): Scorer {
  const logits = (hidden: Tensor): Tensor => tidy(() => linearMap(hidden, weight, bias, 'out,in'));
  return {
    logits,
    negativeLogLikelihood: (hidden: Tensor2D, targets: Tensor1D): Tensor1D =>
      linearCrossEntropy(hidden, weight, targets, bias),
  };
}
