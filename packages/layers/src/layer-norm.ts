import {
  assertWhole,
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
    const nothingDrawn = new RandomStream(0);
    this.weight = parameter([size], ones, nothingDrawn);
    this.bias = parameter([size], zeros, nothingDrawn);
    this.#epsilon = options.epsilon ?? 1e-5;
  }

  /** [..., C] to [..., C]. */
  forward<T extends Tensor>(x: T): T {
    return layerNorm(x, this.weight, this.bias, this.#epsilon) as T;
  }
}
