// B batch, T time, N rows, C channels, E channels of an embedding, V vocabulary.

import {
  type Backbone,
  linearCrossEntropy,
  Module,
  type Parameter,
  parameter,
  TenonError,
  zeros,
} from '@tenon/core';
import {
  type Activation,
  activation,
  activationNames,
  isActivationName,
  LayerNorm,
  Linear,
} from '@tenon/layers';
import {
  add,
  matMul,
  type Rank,
  reshape,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { type HeadOptions, randomOf } from './head-options.ts';

/**
 * What BERT predicts a token with (Devlin et al. 2019): one more layer, then a score for each word by its embedding and
 * a bias of its own.
 */
export class MaskedPredictions extends Module {
  readonly dense: Linear;
  readonly layerNorm: LayerNorm;
  /** [V] */
  readonly bias: Parameter<Tensor1D>;
  readonly #activation: Activation;
  readonly #embedding: Parameter<Tensor2D>;

  /** @throws {TenonError} when the backbone has no token embeddings to tie the scores to. */
  constructor(head: string, backbone: Backbone, options: HeadOptions) {
    super();
    const { hiddenSize, tokenEmbedding, headDefaults = {} } = backbone;
    if (tokenEmbedding === undefined) {
      throw new TenonError({
        subject: head,
        expected: 'a backbone with a tokenEmbedding',
        got: `${backbone.constructor.name} without`,
        advice: 'Take a model that embeds tokens of a vocabulary, as BERT does.',
      });
    }
    const [V, E] = tokenEmbedding.shape as [number, number];
    const { weight, activation: name = 'gelu', layerNormEpsilon: epsilon = 1e-12 } = headDefaults;
    const random = randomOf(options);
    this.dense = new Linear(hiddenSize, E, { random, bias: zeros, ...(weight && { weight }) });
    this.layerNorm = new LayerNorm(E, { epsilon });
    this.bias = parameter([V], zeros, random);
    this.#activation = activationOf(head, name);
    this.#embedding = tokenEmbedding;
  }

  /** Scores of the vocabulary, [B, T, C] to [B, T, V]. */
  logits(hidden: Tensor3D): Tensor3D {
    const [B, T, C] = hidden.shape;
    const rows = this.#transform(reshape<Rank.R2>(hidden, [B * T, C]));
    const scores = add(matMul(rows, this.#embedding, false, true), this.bias);
    return reshape<Rank.R3>(scores, [B, T, -1]);
  }

  /** Hidden states [N, C] and words int32 [N] to −log p [N]; a negative word gives 0. */
  negativeLogLikelihood(hidden: Tensor2D, words: Tensor1D): Tensor1D {
    return linearCrossEntropy(this.#transform(hidden), this.#embedding, words, this.bias);
  }

  /** [N, C] to [N, E] */
  #transform(hidden: Tensor2D): Tensor2D {
    return this.layerNorm.forward(this.#activation(this.dense.forward(hidden)));
  }
}

function activationOf(head: string, name: string): Activation {
  if (isActivationName(name)) return activation(name);
  throw new TenonError({
    subject: `${head}: activation of the model's headDefaults`,
    expected: `one of ${activationNames.join(', ')}`,
    got: name,
    advice: 'Correct it in the model.',
  });
}
