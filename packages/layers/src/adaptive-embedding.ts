// N tokens, C channels, V vocabulary.
import { type Initializer, Module, normal, type Parameter, parameter, type RandomStream } from '@tenon/core';
import {
  addN,
  cast,
  greaterEqual,
  less,
  logicalAnd,
  matMul,
  maximum,
  minimum,
  mul,
  reshape,
  scalar,
  sub,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { Embedding } from './embedding.ts';
import { linearMap } from './linear-map.ts';
import { type ClusterOptions, type VocabularyCluster, vocabularyClusters } from './vocabulary-clusters.ts';

export interface AdaptiveEmbeddingOptions extends ClusterOptions {
  /** Where the first weights are drawn from. */
  readonly random: RandomStream;
  /** Length of the first cluster's vectors. @default C */
  readonly vectorSize?: number;
  /** @default normal(0.02) */
  readonly weight?: Initializer;
  /** Of the projections. @default normal(0.01) */
  readonly projection?: Initializer;
}

/**
 * Token embeddings whose vectors are the shorter the rarer a word is (Baevski and Auli 2019), projected to C
 * channels and multiplied by √C, as Transformer-XL has them. With a divisor of 1 there is one table for all
 * words, and a projection only where its vectors are not C long.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { tensor1d } from '@tensorflow/tfjs-core';
 * import { RandomStream } from '@tenon/core';
 * import { AdaptiveEmbedding } from '@tenon/layers';
 *
 * // 100 words: 20 with vectors of 16 numbers, 80 with vectors of 4
 * using embedding = new AdaptiveEmbedding(100, 16, { random: new RandomStream(0), cutoffs: [20], divisor: 4 });
 * console.log(embedding.forward(tensor1d([3, 99], 'int32')).shape); // [ 2, 16 ]
 * ```
 */
export class AdaptiveEmbedding extends Module {
  readonly emb_layers: readonly Embedding[];
  /** [C, vector] each. */
  readonly emb_projs: readonly Parameter<Tensor2D>[];
  readonly #clusters: readonly VocabularyCluster[];
  readonly #size: number;

  constructor(vocabularySize: number, size: number, options: AdaptiveEmbeddingOptions) {
    super();
    const { random, vectorSize = size, divisor = 1, projection = normal(0.01) } = options;
    const clusters = vocabularyClusters(vocabularySize, vectorSize, options);
    const tables = divisor === 1 ? [{ start: 0, end: vocabularySize, size: vectorSize }] : clusters;
    const table = { random, ...(options.weight ? { weight: options.weight } : {}) };
    this.emb_layers = tables.map(({ start, end, size: length }) => new Embedding(end - start, length, table));
    this.emb_projs =
      divisor === 1 && vectorSize === size
        ? []
        : tables.map(({ size: length }) => parameter([size, length], projection, random));
    this.#clusters = tables;
    this.#size = size;
  }

  /** int32 [...] to [..., C]. */
  forward(ids: Tensor): Tensor {
    const scale = Math.sqrt(this.#size);
    const [first, ...rest] = this.emb_layers;
    if (rest.length === 0) {
      const vectors = first!.forward(ids);
      const projection = this.emb_projs[0];
      return mul(projection ? linearMap(vectors, projection, undefined, 'out,in') : vectors, scale);
    }
    const flat = reshape(ids, [ids.size]);
    const parts = this.#clusters.map((cluster, i) => {
      const inside = cast(isIn(flat, cluster), 'float32');
      const vectors = this.emb_layers[i]!.forward(placeIn(flat, cluster)) as Tensor2D; // [N, vector]
      // √C goes into the mask, which is the smallest tensor here.
      return matMul(mul(vectors, reshape(mul(inside, scale), [-1, 1])), this.emb_projs[i]!, false, true);
    });
    return reshape(addN(parts), [...ids.shape, this.#size]);
  }
}

/** Whether ids lie in a cluster. */
export function isIn(ids: Tensor, { start, end }: VocabularyCluster): Tensor {
  return logicalAnd(greaterEqual(ids, start), less(ids, end));
}

/** The place of ids in a cluster; of those outside, its first or its last. */
function placeIn(ids: Tensor, { start, end }: VocabularyCluster): Tensor {
  const whole = (value: number): Tensor => scalar(value, 'int32'); // a plain number would make floats of the ids
  return minimum(maximum(sub(ids, whole(start)), whole(0)), whole(end - start - 1));
}
