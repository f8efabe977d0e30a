// N tokens, K characters of each, D character embedding, W width of a filter, F filters.

import {
  assertWhole,
  type Initializer,
  Module,
  normal,
  type Parameter,
  parameter,
  type RandomStream,
  TenonError,
  uniform,
  zeros,
} from '@tenon/core';
import {
  add,
  cast,
  concat,
  customGrad,
  div,
  equal,
  expandDims,
  max,
  mul,
  type Rank,
  relu,
  reshape,
  slice,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tanh,
  transpose,
} from '@tensorflow/tfjs-core';
import { Embedding } from './embedding.ts';
import { linearMap } from './linear-map.ts';

export type CharCNNActivation = 'relu' | 'tanh';

export interface CharCNNOptions {
  /** Where the first weights are drawn from. */
  readonly random: RandomStream;
  /** How many character ids there are. */
  readonly characters: number;
  readonly embeddingSize: number;
  /** Filters by their width: pairs of width and count. */
  readonly filters: readonly (readonly [width: number, count: number])[];
  readonly activation: CharCNNActivation;
  /** First character embeddings. @default uniform(1) */
  readonly embedding?: Initializer;
  /** First filters. @default uniform(0.05) for relu (Kim et al. 2016), normal(1 / √(W · D)) for tanh */
  readonly weight?: Initializer;
}

/** Filters of one width over the characters of a token, and the most that each finds anywhere. */
class CharacterConvolution extends Module {
  /** [F, D, W], as PyTorch's Conv1d stores it. */
  readonly weight: Parameter<Tensor3D>;
  /** [F] */
  readonly bias: Parameter<Tensor1D>;
  readonly #width: number;

  constructor(embeddingSize: number, width: number, count: number, options: CharCNNOptions) {
    super();
    const { random, activation } = options;
    const usual = activation === 'relu' ? uniform(0.05) : normal(1 / Math.sqrt(width * embeddingSize));
    this.weight = parameter([count, embeddingSize, width], options.weight ?? usual, random);
    this.bias = parameter([count], zeros, random);
    this.#width = width;
  }

  /** [N, K, D] to [N, F]. */
  forward(characters: Tensor3D): Tensor2D {
    const [N, K, D] = characters.shape;
    const W = this.#width;
    const places = K - W + 1;
    // Each place's window in a row, so that the filters are one product.
    const windows = Array.from({ length: W }, (_, w) => slice(characters, [0, w, 0], [N, places, D]));
    // With windows or vectors of one there is no order to change.
    const byPlace = W === 1 || D === 1 ? this.weight : transpose(this.weight, [0, 2, 1]);
    const weight = reshape<Rank.R2>(byPlace, [-1, W * D]);
    const found = linearMap(concat(windows, 2), weight, undefined, 'out,in') as Tensor3D; // [N, places, F]
    return add(maxOverPlaces(found), this.bias); // the same as the most of found + bias
  }
}

/**
 * Characters of tokens to one vector a token: embeddings, convolutions of several widths, the maximum over the
 * places, an activation (Kim et al. 2016, Character-Aware Neural Language Models).
 */
export class CharCNN extends Module {
  readonly embedding: Embedding;
  readonly convolutions: readonly CharacterConvolution[];
  /** F: the filters of all widths. */
  readonly outputSize: number;
  readonly #widest: number;
  readonly #activation: <T extends Tensor>(x: T) => T;

  constructor(options: CharCNNOptions) {
    super();
    const { random, characters, embeddingSize, filters, activation, embedding = uniform(1) } = options;
    for (const [width, count] of filters) {
      assertWhole('CharCNN filter width', width);
      assertWhole('CharCNN filter count', count);
    }
    assertWhole('CharCNN filters', filters.length);
    this.embedding = new Embedding(characters, embeddingSize, { random, weight: embedding });
    this.convolutions = filters.map(
      ([width, count]) => new CharacterConvolution(embeddingSize, width, count, options),
    );
    this.outputSize = filters.reduce((total, [, count]) => total + count, 0);
    this.#widest = Math.max(...filters.map(([width]) => width));
    this.#activation = activation === 'relu' ? relu : tanh;
  }

  /** int32 [..., K] to [..., F]. @throws {TenonError} when a filter is wider than K. */
  forward(characterIds: Tensor): Tensor {
    const leading = characterIds.shape.slice(0, -1);
    const K = characterIds.shape.at(-1) ?? 0;
    if (K < this.#widest) {
      throw new TenonError({
        subject: 'character ids',
        expected: `at least ${this.#widest} for each token, the width of the widest filter`,
        got: String(K),
        advice: 'Pad each token to the length that the model was trained with.',
      });
    }
    const embedded = this.embedding.forward(reshape(characterIds, [-1, K])) as Tensor3D; // [N, K, D]
    const found = this.convolutions.map((convolution) => convolution.forward(embedded));
    return reshape(this.#activation(concat(found, 1)), [...leading, this.outputSize]);
  }
}

/**
 * The maximum over the middle axis, [N, K, F] to [N, F]. Padding looks the same at many places, and TensorFlow.js
 * would give each of those that share a maximum the whole gradient: here they share it, as if one had been chosen.
 */
const maxOverPlaces = customGrad((x, save) => {
  const found = x as Tensor3D;
  const most = max<Tensor2D>(found, 1);
  (save as (tensors: Tensor[]) => void)([found, most]); // its type has one tensor only
  return {
    value: most,
    gradFunc: (dy: Tensor, saved: Tensor[]) => {
      const [places, highest] = saved as [Tensor3D, Tensor2D];
      const here = cast(equal(places, expandDims(highest, 1)), 'float32'); // [N, K, F]
      return mul(here, expandDims(div(dy, sum(here, 1)), 1));
    },
  };
}) as (found: Tensor3D) => Tensor2D;
