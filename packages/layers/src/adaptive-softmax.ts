// N tokens, C channels, V vocabulary, K clusters after the first.
import {
  assertShape,
  type Initializer,
  linearCrossEntropy,
  Module,
  normal,
  type Parameter,
  parameter,
  type RandomStream,
  type Scorer,
  zeros,
} from '@tenon/core';
import {
  add,
  addN,
  cast,
  concat,
  greaterEqual,
  logSoftmax,
  matMul,
  mul,
  type Rank,
  reshape,
  scalar,
  slice,
  sub,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tidy,
} from '@tensorflow/tfjs-core';
import { type AdaptiveEmbedding, isIn } from './adaptive-embedding.ts';
import { linearMap } from './linear-map.ts';
import { type ClusterOptions, type VocabularyCluster, vocabularyClusters } from './vocabulary-clusters.ts';

/**
 * Which score of the first cluster stands for which of the others: Hugging Face's order is theirs, in the
 * original's the last score stands for the second cluster. With one cutoff both are the same.
 */
export type ClusterOrder = 'original' | 'huggingFace';

export interface AdaptiveSoftmaxOptions extends ClusterOptions {
  /** Where the first weights are drawn from. */
  readonly random: RandomStream;
  /** Length of the first cluster's vectors. @default C */
  readonly vectorSize?: number;
  /** @default 'huggingFace' */
  readonly clusterOrder?: ClusterOrder;
  /** Embeddings of the same clusters, whose tables are the weights here, too. They are borrowed. */
  readonly tieWeights?: AdaptiveEmbedding;
  /** Embeddings whose projections are those here, too, and for each cluster whether it is so. */
  readonly tieProjections?: { readonly embedding: AdaptiveEmbedding; readonly clusters: readonly boolean[] };
  /** @default normal(0.02) */
  readonly weight?: Initializer;
  /** Of the projections. @default normal(0.01) */
  readonly projection?: Initializer;
}

class OutputLayer extends Module {
  /** [words, vector]; absent where the embeddings are the weights. */
  readonly weight?: Parameter<Tensor2D>;
  /** [words] */
  readonly bias: Parameter<Tensor1D>;

  constructor(words: number, size: number, weight: Initializer | undefined, random: RandomStream) {
    super();
    if (weight !== undefined) this.weight = parameter([words, size], weight, random);
    this.bias = parameter([words], zeros, random);
  }
}

/** A linear map from hidden states to scores. */
interface ScoreMap {
  /** [C, vector], where hidden states are projected first. */
  readonly projection: Tensor2D | undefined;
  /** [scores, vector] */
  readonly weight: Tensor2D;
  /** [scores] */
  readonly bias: Tensor1D;
}

/**
 * Vocabulary scores in clusters (Grave et al. 2017): frequent words are scored at once, together with one score
 * for each cluster of rarer ones, and p(word) = p(cluster) · p(word | cluster). Without cutoffs it is the plain softmax.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { ones, tensor1d } from '@tensorflow/tfjs-core';
 * import { RandomStream } from '@tenon/core';
 * import { AdaptiveSoftmax } from '@tenon/layers';
 *
 * using softmax = new AdaptiveSoftmax(100, 16, { random: new RandomStream(0), cutoffs: [20], divisor: 4 });
 * const nll = softmax.negativeLogLikelihood(ones([2, 16]), tensor1d([3, 99], 'int32'));
 * console.log(nll.shape, softmax.logits(ones([2, 5, 16])).shape); // [ 2 ] [ 2, 5, 100 ]
 * ```
 */
export class AdaptiveSoftmax extends Module implements Scorer {
  /** [K, vector] */
  readonly cluster_weight?: Parameter<Tensor2D>;
  /** [K] */
  readonly cluster_bias?: Parameter<Tensor1D>;
  readonly out_layers: readonly OutputLayer[];
  /** [C, vector] each; a tied one belongs to the embeddings. */
  readonly out_projs: readonly (Parameter<Tensor2D> | undefined)[];
  readonly #clusters: readonly VocabularyCluster[];
  readonly #order: ClusterOrder;
  readonly #size: number;
  readonly #tiedWeights: AdaptiveEmbedding | undefined;
  readonly #tiedProjections: readonly (Tensor2D | undefined)[];

  constructor(vocabularySize: number, size: number, options: AdaptiveSoftmaxOptions) {
    super();
    const { random, vectorSize = size, divisor = 1, clusterOrder = 'huggingFace' } = options;
    const { weight = normal(0.02), projection = normal(0.01), tieWeights, tieProjections } = options;
    const clusters = vocabularyClusters(vocabularySize, vectorSize, options);
    const rarer = clusters.length - 1;
    if (rarer > 0) {
      this.cluster_weight = parameter([rarer, vectorSize], weight, random);
      this.cluster_bias = parameter([rarer], zeros, random);
    }
    const tables = divisor === 1 ? [{ start: 0, end: vocabularySize, size: vectorSize }] : clusters;
    this.out_layers = tables.map(
      ({ start, end, size: length }) =>
        new OutputLayer(end - start, length, tieWeights ? undefined : weight, random),
    );
    const projected = divisor !== 1 || vectorSize !== size;
    this.#tiedProjections = clusters.map((_, i) => {
      if (!projected || tieProjections?.clusters[i] !== true) return undefined;
      return tieProjections.embedding.emb_projs[divisor === 1 ? 0 : i];
    });
    this.out_projs = projected
      ? clusters.map(({ size: length }, i) =>
          this.#tiedProjections[i]
            ? undefined
            : (parameter([size, length], projection, random) as Parameter<Tensor2D>),
        )
      : [];
    this.#clusters = clusters;
    this.#order = clusterOrder;
    this.#size = size;
    this.#tiedWeights = tieWeights;
  }

  /** [..., C] to [..., V]: scores, or with clusters the logarithms of the probabilities. */
  logits(hidden: Tensor): Tensor {
    return tidy(() => {
      const rows = reshape<Rank.R2>(hidden, [-1, this.#size]); // [N, C]
      const [first, ...rest] = this.#clusters;
      const head = scores(rows, this.#head()); // [N, first + K]
      if (rest.length === 0) return reshape(head, [...hidden.shape.slice(0, -1), first!.end]);
      const headLog = logSoftmax(head);
      const parts = [slice(headLog, [0, 0], [-1, first!.end])];
      for (let i = 1; i < this.#clusters.length; i++) {
        const cluster = slice(headLog, [0, this.#column(i)], [-1, 1]); // [N, 1]
        parts.push(add(logSoftmax(scores(rows, this.#tail(i))), cluster));
      }
      return reshape(concat(parts, 1), [...hidden.shape.slice(0, -1), this.#clusters.at(-1)!.end]);
    });
  }

  /**
   * −log p of every target; a negative target (−100) gives 0. The scores of a whole vocabulary are not laid out.
   *
   * @param hidden [N, C]
   * @param targets int32 [N]
   * @returns [N]
   */
  negativeLogLikelihood(hidden: Tensor2D, targets: Tensor1D): Tensor1D {
    assertShape('hidden states', hidden.shape, ['N', this.#size], 'Flatten batch and time to one axis.');
    return tidy(() => {
      if (this.#clusters.length === 1) return crossEntropy(hidden, this.#head(), targets);
      // What lies beyond the vocabulary is left to the last cluster, which refuses it or not as any loss does.
      const inside = this.#clusters.map((cluster) =>
        cast(
          cluster === this.#clusters.at(-1) ? greaterEqual(targets, cluster.start) : isIn(targets, cluster),
          'int32',
        ),
      );
      // What is not asked for is labelled −1: 0 in all clusters, and one less.
      const labelIn = (i: number, oneMore: Tensor): Tensor1D => sub(mul(inside[i]!, oneMore), whole(1));
      const headLabels = addN<Tensor1D>([
        labelIn(0, add(targets, whole(1))),
        ...this.#clusters
          .slice(1)
          .map((_, k) => mul<Tensor1D>(inside[k + 1]!, whole(this.#column(k + 1) + 1))),
      ]);
      const losses = [crossEntropy(hidden, this.#head(), headLabels)];
      for (let i = 1; i < this.#clusters.length; i++) {
        const labels = labelIn(i, sub(targets, whole(this.#clusters[i]!.start - 1)));
        losses.push(crossEntropy(hidden, this.#tail(i), labels));
      }
      return addN(losses);
    });
  }

  /** The score in the first cluster that stands for cluster `i`. */
  #column(i: number): number {
    const first = this.#clusters[0]!.end;
    return this.#order === 'huggingFace' ? first + i - 1 : first + this.#clusters.length - 1 - i;
  }

  /** The first cluster and one score for each of the others. */
  #head(): ScoreMap {
    const { weight, bias, projection } = this.#tail(0);
    if (this.cluster_weight === undefined) return { weight, bias, projection };
    return {
      projection,
      weight: concat([weight, this.cluster_weight], 0),
      bias: concat([bias, this.cluster_bias!], 0),
    };
  }

  #tail(i: number): ScoreMap {
    const { start, end, size } = this.#clusters[i]!;
    const projection = this.out_projs[i] ?? this.#tiedProjections[i];
    const table = this.out_layers.length === 1 ? 0 : i;
    const { bias, weight = this.#tiedWeights!.emb_layers[table]!.weight } = this.out_layers[table]!;
    if (table === i && this.#clusters.length === this.out_layers.length) return { projection, weight, bias };
    return {
      projection,
      weight: slice(weight, [start, 0], [end - start, size]),
      bias: slice(bias, [start], [end - start]),
    };
  }
}

const whole = (value: number): Tensor => scalar(value, 'int32');

const project = (rows: Tensor2D, projection: Tensor2D | undefined): Tensor2D =>
  projection === undefined ? rows : matMul(rows, projection);

/** [N, C] to [N, scores] */
function scores(rows: Tensor2D, { projection, weight, bias }: ScoreMap): Tensor2D {
  return linearMap(project(rows, projection), weight, bias, 'out,in') as Tensor2D;
}

/** −log softmax(scores)[label] of every row, [N]; 0 where the label is negative. */
function crossEntropy(rows: Tensor2D, map: ScoreMap, labels: Tensor1D): Tensor1D {
  const { projection, weight, bias } = map;
  // A cluster of one word is sure of it. Its parameters still have a gradient, which is zero.
  if (weight.shape[0] === 1) return reshape(mul(scores(rows, map), 0), [rows.shape[0]]);
  return linearCrossEntropy(project(rows, projection), weight, labels, bias);
}
