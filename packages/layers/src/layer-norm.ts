import {
  assertWhole,
  type Initializer,
  layerNorm,
  Module,
  ones,
  type Parameter,
  parameter,
  RandomStream,
  zeros,
} from '@tenon/core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';

export interface LayerNormOptions {
  /** Added to the variance. GPT-2 takes 1e-5, BERT 1e-12. @default 1e-5 */
  readonly epsilon?: number;
  /** Of the scale. @default ones */
  readonly weight?: Initializer;
  /** Where the scale is drawn from; needed with an initialiser that draws. */
  readonly random?: RandomStream;
}

/** Layer normalisation over the last axis (Ba et al. 2016), starting as the identity's scale and shift. */
export class LayerNorm extends Module {
  /** [C] */
  readonly weight: Parameter<Tensor1D>;
  /** [C] */
  readonly bias: Parameter<Tensor1D>;
  readonly #epsilon: number;

  constructor(size: number, options: LayerNormOptions = {}) {
    super();
    assertWhole('LayerNorm size', size);
    const { weight = ones, random = new RandomStream(0) } = options;
    this.weight = parameter([size], weight, random);
    this.bias = parameter([size], zeros, random);
    this.#epsilon = options.epsilon ?? 1e-5;
  }

  /** [..., C] to [..., C]. */
  forward<T extends Tensor>(x: T): T {
    return layerNorm(x, this.weight, this.bias, this.#epsilon) as T;
  }
}
