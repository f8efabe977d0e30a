import {
  assertWhole,
  embedding,
  type Initializer,
  Module,
  normal,
  type Parameter,
  parameter,
  type RandomStream,
} from '@tenon/core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';

export interface EmbeddingOptions {
  /** Where the first weights are drawn from. */
  readonly random: RandomStream;
  /** @default normal(0.02) */
  readonly weight?: Initializer;
  /** The row of padding: it gets no gradient from being looked up (PyTorch's `padding_idx`). @default none */
  readonly paddingId?: number;
}

/** A table of vectors, looked up by number: of tokens, positions or segments. */
export class Embedding extends Module {
  /** [V, C] */
  readonly weight: Parameter<Tensor2D>;
  readonly #paddingId: number | undefined;

  constructor(count: number, size: number, options: EmbeddingOptions) {
    super();
    assertWhole('Embedding count', count);
    assertWhole('Embedding size', size);
    this.weight = parameter([count, size], options.weight ?? normal(0.02), options.random);
    this.#paddingId = options.paddingId;
  }

  /** int32 [...] to [..., C]. */
  forward(ids: Tensor): Tensor {
    return embedding(this.weight, ids, this.#paddingId);
  }
}
