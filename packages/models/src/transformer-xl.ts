// transformer-xl.ts: Transformer-XL (Dai et al. 2019), "Attentive Language Models Beyond a Fixed-Length Context".
// In this order: configuration and sizes, attention by distance and the absolute one, layer, model, checkpoints.
// B batch, T time, M memory, S = M + T keys, N = B·T tokens, C channels, H heads, D head size, R learned distances,
// L layers, V vocabulary.

import {
  type Backbone,
  type BuildOptions,
  defineModel,
  type Encoded,
  type EncodeOptions,
  embedding,
  type HeadDefaults,
  type Initializer,
  type Json,
  type ModelInput,
  type ModelSpec,
  Module,
  normal,
  type Parameter,
  parameter,
  RandomStream,
  type RecurrentState,
  type StateDict,
  TenonError,
  zeros,
} from '@tenon/core';
import {
  AdaptiveEmbedding,
  AdaptiveSoftmax,
  attend,
  attendRelative,
  type ClusterOrder,
  dropout,
  LayerNorm,
  Linear,
  linearMap,
  MASKED,
  mergeHeadsFirst,
  relativeDistances,
  SegmentMemory,
  sinusoids,
  splitHeadsFirst,
  tokenMask,
} from '@tenon/layers';
import {
  add,
  concat,
  mul,
  type Rank,
  relu,
  reshape,
  slice,
  split,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tensor1d,
  tensor2d,
  tensor4d,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { checkInput } from './check-input.ts';
import {
  boolean,
  booleans,
  choice,
  configFile,
  count,
  countOrNone,
  counts,
  limit,
  number,
  numbered,
  rate,
  tokenId,
} from './config-file.ts';
import { encodedOf } from './encoded.ts';

/**
 * How a token knows where others are, by the numbers of the original's `attn_type`:
 * 0 `relative`, sinusoids of distances (the paper's own); 1 `learnedRelative`, learned vectors of distances (Shaw et al. 2018);
 * 2 `sinusoidal`, added to the embeddings (Vaswani et al. 2017); 3 `learnedAbsolute`, learned and added in every
 * layer (Al-Rfou et al. 2018). The absolute ones, 2 and 3, count from the end of a segment and have no memory.
 */
export type TransformerXLPositions = 'relative' | 'learnedRelative' | 'sinusoidal' | 'learnedAbsolute';

export interface TransformerXLConfig {
  readonly vocabularySize: number;
  /** Where the second cluster of the vocabulary begins, the third, … */
  readonly cutoffs: readonly number[];
  readonly hiddenSize: number;
  /** Length of the embeddings; of another length than `hiddenSize` they are projected. */
  readonly embeddingSize: number;
  /** Each cluster's embeddings are so many times shorter than those of the one before. */
  readonly embeddingDivisor: number;
  readonly layers: number;
  readonly heads: number;
  readonly headSize: number;
  readonly feedForwardSize: number;
  /** Layer norm before attention and feed-forward, not after the sums. */
  readonly preNorm: boolean;
  readonly positions: TransformerXLPositions;
  /** Each layer has its own biases of queries. */
  readonly untieBiases: boolean;
  /** Hidden states of so many tokens of the segments before are remembered. */
  readonly memoryLength: number;
  /** Tokens in a segment; only learned positions need it, which are made for segment and memory. */
  readonly segmentLength: number;
  /** Distances beyond it count as this one. @default no limit */
  readonly clampLength?: number;
  /** Every token attends to `memoryLength` tokens, its own among them. */
  readonly sameLength: boolean;
  /** The embeddings are the weights of the softmax, too. */
  readonly tieWeights: boolean;
  /** For each cluster: the embeddings' projection is the softmax's, too. */
  readonly tieProjections: readonly boolean[];
  /** Which cluster each of the cluster scores stands for. A checkpoint does not tell. */
  readonly clusterOrder: ClusterOrder;
  readonly dropout: number;
  readonly attentionDropout: number;
  readonly layerNormEpsilon: number;
  /** Standard deviation of the first weights, and of the scales of layer norms around 1. */
  readonly initializerRange: number;
  /** The same of the projections of embeddings and softmax. */
  readonly projectionInitializerRange: number;
  readonly eosTokenId?: number;
}

/** enwik8, 12 layers: 41 million parameters. */
export const transformerXLEnwik8: TransformerXLConfig = {
  vocabularySize: 204,
  cutoffs: [],
  hiddenSize: 512,
  embeddingSize: 512,
  embeddingDivisor: 1,
  layers: 12,
  heads: 8,
  headSize: 64,
  feedForwardSize: 2048,
  preNorm: false,
  positions: 'relative',
  untieBiases: false,
  memoryLength: 512,
  segmentLength: 512,
  sameLength: false,
  tieWeights: true,
  tieProjections: [false],
  clusterOrder: 'original',
  dropout: 0.1,
  attentionDropout: 0,
  layerNormEpsilon: 1e-5,
  initializerRange: 0.02,
  projectionInitializerRange: 0.01,
};

/** enwik8, 24 layers: 277 million parameters. */
export const transformerXLEnwik8Large: TransformerXLConfig = {
  ...transformerXLEnwik8,
  hiddenSize: 1024,
  embeddingSize: 1024,
  layers: 24,
  headSize: 128,
  feedForwardSize: 3072,
  memoryLength: 768,
  segmentLength: 768,
  dropout: 0.15,
  attentionDropout: 0.15,
};

/** text8: the sizes of enwik8. */
export const transformerXLText8: TransformerXLConfig = { ...transformerXLEnwik8, vocabularySize: 27 };
export const transformerXLText8Large: TransformerXLConfig = {
  ...transformerXLEnwik8Large,
  vocabularySize: 27,
};

/** WikiText-103, 16 layers: 151 million parameters. */
export const transformerXLWikiText103Base: TransformerXLConfig = {
  ...transformerXLEnwik8,
  vocabularySize: 267735,
  cutoffs: [20000, 40000, 200000],
  hiddenSize: 410,
  embeddingSize: 410,
  layers: 16,
  heads: 10,
  headSize: 41,
  feedForwardSize: 2100,
  memoryLength: 150,
  segmentLength: 150,
  tieProjections: [false, true, true, true],
};

/** WikiText-103, 18 layers: 285 million parameters, the layout of `transfo-xl-wt103`. */
export const transformerXLWikiText103Large: TransformerXLConfig = {
  ...transformerXLWikiText103Base,
  hiddenSize: 1024,
  embeddingSize: 1024,
  embeddingDivisor: 4,
  layers: 18,
  heads: 16,
  headSize: 64,
  feedForwardSize: 4096,
  untieBiases: true,
  memoryLength: 384,
  segmentLength: 384,
  dropout: 0.2,
  attentionDropout: 0.2,
};

/** One Billion Words, 24 layers: 840 million parameters. */
export const transformerXLBillionWords: TransformerXLConfig = {
  ...transformerXLWikiText103Large,
  vocabularySize: 793471,
  cutoffs: [60000, 100000, 640000],
  hiddenSize: 1280,
  embeddingSize: 1280,
  layers: 24,
  headSize: 80,
  feedForwardSize: 8192,
  memoryLength: 32,
  segmentLength: 32,
  tieProjections: [false, false, false, false],
  dropout: 0.05,
  attentionDropout: 0.05,
  initializerRange: 0.005,
};

/** First weights as the original draws them: N(0, range²), and scales of layer norms N(1, range²). */
interface Drawn {
  readonly weight: Initializer;
  readonly projection: Initializer;
  readonly linear: {
    readonly random: RandomStream;
    readonly weight: Initializer;
    readonly bias: Initializer;
  };
  readonly norm: { readonly random: RandomStream; readonly weight: Initializer; readonly epsilon: number };
}

function drawn(config: TransformerXLConfig, random: RandomStream): Drawn {
  const weight = normal(config.initializerRange);
  return {
    weight,
    projection: normal(config.projectionInitializerRange),
    linear: { random, weight, bias: zeros },
    norm: {
      random,
      weight: (shape, key) => weight(shape, key).map((value) => value + 1),
      epsilon: config.layerNormEpsilon,
    },
  };
}

/** @throws {TenonError} about what cannot be computed together. */
function assertConfig(config: TransformerXLConfig): void {
  const { positions, memoryLength, sameLength, hiddenSize, heads, headSize, tieProjections, cutoffs } =
    config;
  const absolute = positions === 'sinusoidal' || positions === 'learnedAbsolute';
  const fail = (subject: string, expected: string, got: unknown, advice: string): never => {
    throw new TenonError({ subject: `Transformer-XL, ${subject}`, expected, got: String(got), advice });
  };
  if (absolute && memoryLength > 0) {
    const advice = 'What is remembered would have the positions of another segment: use relative positions.';
    fail('memoryLength', `0 with ${positions} positions`, memoryLength, advice);
  }
  if (sameLength && memoryLength === 0) {
    const advice = 'Set memoryLength, or sameLength to false.';
    fail('memoryLength', 'at least 1 with sameLength, or a token could attend to nothing', 0, advice);
  }
  if (positions === 'learnedAbsolute' && heads * headSize !== hiddenSize) {
    const advice = 'Change one of the three in the config.';
    fail(
      'heads · headSize',
      `hiddenSize ${hiddenSize}, to which positions are added`,
      heads * headSize,
      advice,
    );
  }
  if (tieProjections.length !== cutoffs.length + 1) {
    const advice = 'Pass true or false for each cluster.';
    fail('tieProjections', `${cutoffs.length + 1} of them, one a cluster`, tieProjections.length, advice);
  }
}

/** What every layer of one pass shares. */
interface Pass {
  readonly batch: number;
  readonly options: EncodeOptions;
  readonly memory: SegmentMemory | undefined;
  /** S */
  readonly keys: number;
  /** Added to the scores, [1, B or 1, T, S]. */
  readonly mask: Tensor4D;
  /** Sinusoids of the distances to the keys, [S + 1, C]; for sinusoidal distances. */
  readonly sinusoids: Tensor2D | undefined;
  /** Collects the attention weights, [H, B, T, S] a layer. */
  readonly attentions: Tensor4D[];
}

/** What attention by distance adds to that by content. */
interface Distances {
  /** Added to the queries that ask for content: [H, D]. */
  readonly contentBias: Tensor;
  /** Added to the queries that ask for distances: [H, D]. */
  readonly distanceBias?: Tensor;
  /** [S + 1, H·D] */
  readonly keys: Tensor2D;
  /** Added to the scores: [S + 1, H]. */
  readonly scores?: Tensor2D;
}

/** The output of an attention layer, dropped out, in its place in the residual stream. */
function residual(
  x: Tensor2D,
  output: Tensor4D,
  { o_net, layer_norm }: { readonly o_net: Linear; readonly layer_norm: LayerNorm },
  config: TransformerXLConfig,
  pass: Pass,
): Tensor2D {
  const attended = dropout(o_net.forward(mergeHeadsFirst(output)), config.dropout, pass.options); // [N, C]
  const sum = add<Tensor2D>(x, attended);
  return config.preNorm ? sum : layer_norm.forward(sum);
}

/** Attention to the memory and the segment, by content and distance. */
abstract class AttentionByDistance extends Module {
  readonly qkv_net: Linear;
  readonly o_net: Linear;
  readonly layer_norm: LayerNorm;
  readonly #config: TransformerXLConfig;
  readonly #layer: number;

  constructor(config: TransformerXLConfig, layer: number, random: RandomStream) {
    super();
    const { hiddenSize: C, heads, headSize } = config;
    const { linear, norm } = drawn(config, random);
    this.qkv_net = new Linear(C, 3 * heads * headSize, { ...linear, bias: false });
    this.o_net = new Linear(heads * headSize, C, { ...linear, bias: false });
    this.layer_norm = new LayerNorm(C, norm);
    this.#config = config;
    this.#layer = layer;
  }

  protected abstract distances(pass: Pass): Distances;

  /** [N, C] to [N, C]. */
  forward(x: Tensor2D, pass: Pass): Tensor2D {
    const { heads: H, headSize: D, preNorm, attentionDropout } = this.#config;
    const scale = 1 / Math.sqrt(D);
    const projected = this.qkv_net.forward(preNorm ? this.layer_norm.forward(x) : x);
    const [q, k, v] = split<Tensor2D>(projected, 3, 1) as [Tensor2D, Tensor2D, Tensor2D]; // [N, H·D]
    const [keys, values] = this.#afterMemory(k, v, pass); // [H, B, S, D]
    const { contentBias, distanceBias, ...distances } = this.distances(pass);

    const queries = splitHeadsFirst(mul(q, scale), pass.batch, H); // [H, B, T, D]
    const biased = (bias: Tensor): Tensor4D => add(queries, reshape(mul(bias, scale), [H, 1, 1, D]));
    const { output, weights } = attendRelative({
      contentQueries: biased(contentBias),
      distanceQueries: distanceBias ? biased(distanceBias) : queries,
      keys,
      values,
      distanceKeys: transpose(reshape<Rank.R3>(distances.keys, [-1, H, D]), [1, 0, 2]), // [H, S + 1, D]
      ...(distances.scores
        ? { distanceBias: reshape(transpose(mul(distances.scores, scale)), [H, 1, -1]) as Tensor3D }
        : {}),
      mask: pass.mask,
      dropoutRate: attentionDropout,
      dropout: pass.options,
    });
    pass.attentions.push(weights);
    return residual(x, output, this, this.#config, pass);
  }

  /** Keys and values of the memory, then the segment's own: [N, H·D] each to [H, B, S, D]. */
  #afterMemory(k: Tensor2D, v: Tensor2D, { batch, memory }: Pass): [keys: Tensor4D, values: Tensor4D] {
    const { heads, headSize, hiddenSize: C, preNorm } = this.#config;
    const own = [k, v].map((x) => splitHeadsFirst(x, batch, heads));
    if (memory === undefined) return own as [Tensor4D, Tensor4D];
    const rows = reshape<Rank.R2>(memory.read(this.#layer), [-1, C]); // [B·M, C]
    const inner = heads * headSize;
    // The queries' part of the weight is not needed: nothing in the memory asks.
    const weight = slice(this.qkv_net.weight, [inner, 0], [2 * inner, C]);
    const remembered = linearMap(preNorm ? this.layer_norm.forward(rows) : rows, weight, undefined, 'out,in');
    const joined = split<Tensor2D>(remembered as Tensor2D, 2, 1).map((x, i) =>
      concat([splitHeadsFirst(x, batch, heads), own[i]!], 2),
    );
    return joined as [Tensor4D, Tensor4D];
  }
}

/** Biases that all layers share, [H, D] each. */
interface SharedBiases {
  readonly r_w_bias: Tensor2D;
  readonly r_r_bias: Tensor2D;
}

/** Distances as projected sinusoids (Dai et al. 2019, section 3.3). */
class RelativeAttention extends AttentionByDistance {
  readonly r_net: Linear;
  readonly r_r_bias?: Parameter<Tensor2D>;
  readonly r_w_bias?: Parameter<Tensor2D>;
  readonly #shared: SharedBiases | undefined;

  /** @param shared absent where each layer has its own. */
  constructor(
    config: TransformerXLConfig,
    layer: number,
    shared: SharedBiases | undefined,
    random: RandomStream,
  ) {
    super(config, layer, random);
    const { heads, headSize, hiddenSize } = config;
    const { linear, weight } = drawn(config, random);
    this.r_net = new Linear(hiddenSize, heads * headSize, { ...linear, bias: false });
    this.#shared = shared;
    if (shared !== undefined) return;
    this.r_r_bias = parameter([heads, headSize], weight, random);
    this.r_w_bias = parameter([heads, headSize], weight, random);
  }

  protected override distances(pass: Pass): Distances {
    return {
      contentBias: this.r_w_bias ?? this.#shared!.r_w_bias,
      distanceBias: this.r_r_bias ?? this.#shared!.r_r_bias,
      keys: this.r_net.forward(pass.sinusoids!),
    };
  }
}

/** What is learned for each layer and each of R distances. */
interface LearnedDistances {
  /** [L, R, H, D], the furthest distance first. */
  readonly r_emb: Tensor4D;
  /** [L, H, D] */
  readonly r_w_bias: Tensor3D;
  /** [L, R, H] */
  readonly r_bias: Tensor3D;
}

/** Distances with a learned vector and a learned score each, the furthest serving all beyond it. */
class LearnedRelativeAttention extends AttentionByDistance {
  readonly #learned: LearnedDistances;
  readonly #config: TransformerXLConfig;
  readonly #layer: number;

  constructor(config: TransformerXLConfig, layer: number, learned: LearnedDistances, random: RandomStream) {
    super(config, layer, random);
    this.#learned = learned;
    this.#config = config;
    this.#layer = layer;
  }

  protected override distances(pass: Pass): Distances {
    const { r_emb, r_w_bias, r_bias } = this.#learned;
    const [, R, H, D] = r_emb.shape;
    const furthest = Math.min(this.#config.clampLength ?? R, R) - 1;
    const rows = relativeDistances(pass.keys).map((d) => R - 1 - Math.min(Math.max(d, 0), furthest));
    const ids = tensor1d(rows, 'int32');
    const own = (all: Tensor, shape: number[]): Tensor => reshape(slice(all, [this.#layer], [1]), shape);
    return {
      contentBias: own(r_w_bias, [H, D]),
      keys: embedding(own(r_emb, [R, H * D]) as Tensor2D, ids) as Tensor2D,
      scores: embedding(own(r_bias, [R, H]) as Tensor2D, ids) as Tensor2D,
    };
  }
}

/** Attention to the segment alone, by content: positions are in what it reads (Vaswani et al. 2017). */
class AbsoluteAttention extends Module {
  readonly q_net: Linear;
  readonly kv_net: Linear;
  readonly o_net: Linear;
  readonly layer_norm: LayerNorm;
  readonly #config: TransformerXLConfig;

  constructor(config: TransformerXLConfig, random: RandomStream) {
    super();
    const { hiddenSize: C, heads, headSize } = config;
    const { linear, norm } = drawn(config, random);
    this.q_net = new Linear(C, heads * headSize, { ...linear, bias: false });
    this.kv_net = new Linear(C, 2 * heads * headSize, { ...linear, bias: false });
    this.o_net = new Linear(heads * headSize, C, { ...linear, bias: false });
    this.layer_norm = new LayerNorm(C, norm);
    this.#config = config;
  }

  /** [N, C] to [N, C]. */
  forward(x: Tensor2D, pass: Pass): Tensor2D {
    const { heads, preNorm, attentionDropout } = this.#config;
    // The original normalises what keys and values are made of, and never what queries are made of.
    const projected = this.kv_net.forward(preNorm ? this.layer_norm.forward(x) : x);
    const [q, k, v] = [this.q_net.forward(x), ...split<Tensor2D>(projected, 2, 1)].map((rows) =>
      splitHeadsFirst(rows, pass.batch, heads),
    ) as [Tensor4D, Tensor4D, Tensor4D]; // [H, B, T, D]
    const { output, weights } = attend(q, [{ keys: k, values: v, mask: pass.mask }], {
      dropoutRate: attentionDropout,
      dropout: pass.options,
    });
    pass.attentions.push(weights);
    return residual(x, output, this, this.#config, pass);
  }
}

/** Named as the places of the original's list of layers. */
class CoreNet extends Module {
  readonly 0: Linear;
  readonly 3: Linear;

  constructor(config: TransformerXLConfig, random: RandomStream) {
    super();
    const { linear } = drawn(config, random);
    this[0] = new Linear(config.hiddenSize, config.feedForwardSize, linear);
    this[3] = new Linear(config.feedForwardSize, config.hiddenSize, linear);
  }
}

class FeedForward extends Module {
  readonly CoreNet: CoreNet;
  readonly layer_norm: LayerNorm;
  readonly #config: TransformerXLConfig;

  constructor(config: TransformerXLConfig, random: RandomStream) {
    super();
    this.CoreNet = new CoreNet(config, random);
    this.layer_norm = new LayerNorm(config.hiddenSize, drawn(config, random).norm);
    this.#config = config;
  }

  /** [N, C] to [N, C]. */
  forward(x: Tensor2D, { options }: Pass): Tensor2D {
    const { preNorm, dropout: dropoutRate } = this.#config;
    const inner = relu(this.CoreNet[0].forward(preNorm ? this.layer_norm.forward(x) : x));
    const output = this.CoreNet[3].forward(dropout(inner, dropoutRate, options));
    const sum = add<Tensor2D>(x, dropout(output, dropoutRate, options));
    return preNorm ? sum : this.layer_norm.forward(sum);
  }
}

interface Attention extends Module {
  forward(x: Tensor2D, pass: Pass): Tensor2D;
}

class Layer extends Module {
  readonly dec_attn: Attention;
  readonly pos_ff: FeedForward;

  constructor(attention: Attention, config: TransformerXLConfig, random: RandomStream) {
    super();
    this.dec_attn = attention;
    this.pos_ff = new FeedForward(config, random);
  }

  forward(x: Tensor2D, pass: Pass): Tensor2D {
    return this.pos_ff.forward(this.dec_attn.forward(x, pass), pass);
  }
}

/**
 * Transformer-XL with its adaptive softmax: a decoder that remembers the hidden states of the segments before, and
 * knows tokens by their distance.
 *
 * It takes `inputIds` or `inputEmbeds`, with `attentionMask`. It has no use for `positionIds`: distances are the same
 * wherever a text begins. `hiddenStates` are the output of the embeddings, then of every layer.
 * Built by `transformerXL(config)`.
 */
export class TransformerXL extends Module implements Backbone {
  readonly word_emb: AdaptiveEmbedding;
  readonly layers: readonly Layer[];
  /** The biases of all layers, [H, D]; with learned distances, [L, H, D]. */
  readonly r_w_bias?: Parameter;
  readonly r_r_bias?: Parameter;
  /** [L, R, H, D], where positions are learned. */
  readonly r_emb?: Parameter<Tensor4D>;
  /** [L, R, H], where distances are learned. */
  readonly r_bias?: Parameter<Tensor3D>;
  readonly crit: AdaptiveSoftmax;
  readonly config: TransformerXLConfig;
  readonly hiddenSize: number;
  readonly contextLength?: number;
  readonly headDefaults: HeadDefaults;
  readonly #tableOfSinusoids: { distances: string; values: Float32Array } = {
    distances: '',
    values: new Float32Array(),
  };

  constructor(config: TransformerXLConfig, random: RandomStream) {
    super();
    assertConfig(config);
    const { vocabularySize, hiddenSize: C, layers: L, heads: H, headSize: D, memoryLength } = config;
    const { cutoffs, embeddingDivisor: divisor, embeddingSize: vectorSize } = config;
    const { weight, projection } = drawn(config, random);
    const clusters = { random, cutoffs, divisor, vectorSize, weight, projection };
    this.word_emb = new AdaptiveEmbedding(vocabularySize, C, clusters);
    const learned = config.segmentLength + memoryLength; // R
    if (config.positions === 'relative' && !config.untieBiases) {
      this.r_w_bias = parameter([H, D], weight, random);
      this.r_r_bias = parameter([H, D], weight, random);
    } else if (config.positions === 'learnedRelative') {
      this.r_emb = parameter([L, learned, H, D], weight, random);
      this.r_w_bias = parameter([L, H, D], weight, random);
      this.r_bias = parameter([L, learned, H], zeros, random);
    } else if (config.positions === 'learnedAbsolute') {
      this.r_emb = parameter([L, learned, H, D], weight, random);
      this.contextLength = learned;
    }
    this.config = config;
    this.layers = Array.from(
      { length: L },
      (_, layer) => new Layer(this.#attention(layer, random), config, random),
    );
    this.crit = new AdaptiveSoftmax(vocabularySize, C, {
      ...clusters,
      clusterOrder: config.clusterOrder,
      ...(config.tieWeights ? { tieWeights: this.word_emb } : {}),
      tieProjections: { embedding: this.word_emb, clusters: config.tieProjections },
    });
    this.hiddenSize = C;
    this.headDefaults = { pooling: 'last', dropout: 0, bias: false, weight };
    if (memoryLength === 0) Object.defineProperty(this, 'initialState', { value: undefined });
  }

  get scorer(): AdaptiveSoftmax {
    return this.crit;
  }

  /**
   * An empty memory; at run time there is no such method where `memoryLength` is 0, as a Backbone says that it has no
   * state. It lets old tokens go, so that there is no end to a text; only where `capacity` is below `memoryLength`, it
   * has room for just so many.
   */
  initialState(batchSize: number, capacity?: number): SegmentMemory {
    const { layers, hiddenSize: size, memoryLength } = this.config;
    return new SegmentMemory({
      layers,
      batchSize,
      size,
      memoryLength,
      ...(capacity === undefined ? {} : { capacity }),
    });
  }

  /** @throws {TenonError} about shapes, ids outside of the vocabulary, and a state that is not this model's. */
  encode(input: ModelInput, options: EncodeOptions = {}): Encoded {
    const memory = this.#memoryOf(options.state);
    const { contextLength = Number.POSITIVE_INFINITY } = this;
    const { batch, time } = checkInput(input, { ...this.config, contextLength }, memory);
    memory?.assertRoom(time);
    const shape: [number, number, number] = [batch, time, this.hiddenSize];

    const parts = tidy(() => {
      const tokens = tokenMask(batch, time, input.attentionMask); // [B, T]
      const pass = this.#pass(input, options, memory, tokens);
      const embedded = input.inputEmbeds ?? this.word_emb.forward(input.inputIds!); // [B, T, C]
      let x = dropout(this.#positioned(embedded, time), this.config.dropout, options); // [N, C]
      const states = [x];
      for (const [i, layer] of this.layers.entries()) {
        x = layer.forward(this.#positionedIn(i, x, pass), pass);
        states.push(x);
      }
      const read = states.map((state) => reshape<Rank.R3>(state, shape));
      memory?.remember(read.slice(0, -1), tokens);
      const hidden = reshape<Rank.R3>(dropout(x, this.config.dropout, options), shape);
      return {
        states: options.hiddenStates ? [...read.slice(0, -1), hidden] : [hidden],
        attentions: options.attentions
          ? pass.attentions.map((weights) => transpose(weights, [1, 0, 2, 3])) // [B, H, T, S]
          : [],
      };
    });
    return encodedOf({ ...parts, state: memory }, options);
  }

  #attention(layer: number, random: RandomStream): Attention {
    const { config } = this;
    const learned = this as unknown as LearnedDistances & SharedBiases; // which of them there are, `positions` says
    switch (config.positions) {
      case 'relative':
        return new RelativeAttention(config, layer, config.untieBiases ? undefined : learned, random);
      case 'learnedRelative':
        return new LearnedRelativeAttention(config, layer, learned, random);
      case 'sinusoidal':
      case 'learnedAbsolute':
        return new AbsoluteAttention(config, random);
    }
  }

  #memoryOf(state: RecurrentState | undefined): SegmentMemory | undefined {
    if (state === undefined) return undefined;
    const fits = state instanceof SegmentMemory && this.config.memoryLength > 0;
    if (fits && state.layers === this.layers.length && state.size === this.hiddenSize) return state;
    throw new TenonError({
      subject: 'state',
      expected:
        this.config.memoryLength === 0
          ? 'none, for a model without a memory'
          : `a segment memory of ${this.layers.length} layers and ${this.hiddenSize} channels`,
      got: state instanceof SegmentMemory ? `${state.layers} of ${state.size}` : state.constructor.name,
      advice: "Make it by the model's own initialState.",
    });
  }

  #pass(
    input: ModelInput,
    options: EncodeOptions,
    memory: SegmentMemory | undefined,
    tokens: Tensor2D,
  ): Pass {
    const [batch, time] = tokens.shape;
    const keys = (memory?.places ?? 0) + time;
    const causal = causalMask(
      time,
      keys,
      this.config.sameLength ? (memory ?? this.config).memoryLength : keys,
    );
    const hidden = memory === undefined ? tokens : concat([memory.mask, tokens], 1); // [B, S]
    const isWhole = memory === undefined && input.attentionMask === undefined;
    return {
      batch,
      options,
      memory,
      keys,
      mask: isWhole ? causal : add<Tensor4D>(causal, reshape(hidden, [1, batch, 1, keys])),
      sinusoids:
        this.config.positions === 'relative'
          ? dropout(this.#sinusoids(relativeDistances(keys)), this.config.dropout, options)
          : undefined,
      attentions: [],
    };
  }

  /** Sinusoids of distances, [distances, C]. Most often they are those of the pass before. */
  #sinusoids(distances: Int32Array): Tensor2D {
    const { clampLength = Number.POSITIVE_INFINITY, hiddenSize } = this.config;
    const clamped = Array.from(distances, (distance) => Math.min(distance, clampLength));
    const table = this.#tableOfSinusoids;
    if (table.distances !== clamped.join()) {
      table.distances = clamped.join();
      table.values = sinusoids(clamped, hiddenSize);
    }
    return tensor2d(table.values, [clamped.length, hiddenSize]);
  }

  /** [B, T, C] to [N, C], with the sinusoids of absolute positions. */
  #positioned(embedded: Tensor, time: number): Tensor2D {
    const positions =
      this.config.positions === 'sinusoidal'
        ? add(embedded, this.#sinusoids(relativeDistances(time).subarray(0, time)))
        : embedded;
    return reshape<Rank.R2>(positions, [-1, this.hiddenSize]);
  }

  /** [N, C] with the learned absolute positions of a layer. */
  #positionedIn(layer: number, x: Tensor2D, { batch, keys: time }: Pass): Tensor2D {
    if (this.config.positions !== 'learnedAbsolute') return x;
    const [, learned, heads, size] = this.r_emb!.shape as number[] as [number, number, number, number];
    const last = slice(this.r_emb!, [layer, learned - time, 0, 0], [1, time, heads, size]);
    const rows = add(reshape<Rank.R3>(x, [batch, time, -1]), reshape(last, [1, time, -1]));
    return reshape(rows, [batch * time, -1]);
  }
}

/** [1, 1, T, S] to add to scores: a token sees itself and those before it, `reach` in all. */
function causalMask(time: number, keys: number, reach: number): Tensor4D {
  const values = new Float32Array(time * keys);
  for (let query = 0; query < time; query++) {
    const own = keys - time + query;
    values.fill(MASKED, query * keys, query * keys + Math.max(0, own - reach + 1));
    values.fill(MASKED, query * keys + own + 1, (query + 1) * keys);
  }
  return tensor4d(values, [1, 1, time, keys]);
}

const file = configFile<TransformerXLConfig>('transfo-xl', {
  fields: {
    vocabularySize: count('vocab_size', 267735),
    cutoffs: counts('cutoffs', [20000, 40000, 200000]),
    hiddenSize: count('d_model', 1024),
    embeddingSize: count('d_embed', 1024),
    embeddingDivisor: count('div_val', 4),
    layers: count('n_layer', 18),
    heads: count('n_head', 16),
    headSize: count('d_head', 64),
    feedForwardSize: count('d_inner', 4096),
    preNorm: boolean('pre_lnorm', false),
    positions: numbered(
      'attn_type',
      ['relative', 'learnedRelative', 'sinusoidal', 'learnedAbsolute'],
      'relative',
    ),
    untieBiases: boolean('untie_r', true),
    memoryLength: countOrNone('mem_len', 1600),
    segmentLength: count('tgt_len', 128),
    clampLength: limit('clamp_len', 1000),
    sameLength: boolean('same_length', true),
    tieWeights: boolean('tie_word_embeddings', true, 'tie_weight'),
    tieProjections: booleans('tie_projs', []),
    clusterOrder: choice('cluster_order', 'huggingFace', {
      original: 'original',
      hugging_face: 'huggingFace',
    }),
    dropout: rate('dropout', 0.1),
    attentionDropout: rate('dropatt', 0),
    layerNormEpsilon: number('layer_norm_epsilon', 1e-5),
    initializerRange: number('init_std', 0.02),
    projectionInitializerRange: number('proj_init_std', 0.01),
    eosTokenId: tokenId('eos_token_id'),
  },
  only: { adaptive: true, sample_softmax: -1, ext_len: 0 },
  ignored: /^(init|init_range|proj_share_all_but_first|bos_token_id|n_token)$/,
});

/** `tie_projs` is what counts; where it is absent, Hugging Face derives it from `proj_share_all_but_first`. */
function parseConfig(json: Json): TransformerXLConfig {
  const config = file.parseConfig(json);
  if (config.tieProjections.length > 0) return config;
  const shared = (json as { proj_share_all_but_first?: Json }).proj_share_all_but_first ?? true;
  return { ...config, tieProjections: [false, ...config.cutoffs.map(() => shared === true)] };
}

const formatConfig: (config: TransformerXLConfig) => { [key: string]: Json } = file.formatConfig;

/** Leaves out what a checkpoint holds twice: tied weights, biases that all layers share; and a buffer. */
function sanitize(weights: StateDict, config: TransformerXLConfig): StateDict {
  const { untieBiases, tieWeights, tieProjections } = config;
  const isTwice = (name: string): boolean => {
    if (name === 'pos_emb.inv_freq') return true;
    if (/^layers\.\d+\.dec_attn\.r_[rw]_bias$/.test(name)) return !untieBiases;
    if (/^crit\.out_layers\.\d+\.weight$/.test(name)) return tieWeights;
    const projection = /^crit\.out_projs\.(\d+)$/.exec(name);
    return projection !== null && tieProjections[Number(projection[1])] === true;
  };
  return new Map([...weights].filter(([name]) => !isTwice(name)));
}

/** What transformers looks for in a file beyond that: the shared biases, in every layer. */
function unsanitize(weights: StateDict, { layers, positions, untieBiases }: TransformerXLConfig): StateDict {
  const all: StateDict = new Map(weights);
  if (positions !== 'relative' || untieBiases) return all;
  for (let layer = 0; layer < layers; layer++) {
    for (const name of ['r_r_bias', 'r_w_bias'])
      all.set(`layers.${layer}.dec_attn.${name}`, weights.get(name)!);
  }
  return all;
}

/**
 * Transformer-XL: builds a model from a config, and says how checkpoints are read and written.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { tensor2d } from '@tensorflow/tfjs-core';
 * import { transformerXL, transformerXLEnwik8 } from '@tenon/models';
 *
 * const config = { ...transformerXLEnwik8, vocabularySize: 50, hiddenSize: 16, embeddingSize: 16, layers: 2 };
 * using model = transformerXL({ ...config, heads: 2, headSize: 8, feedForwardSize: 32, memoryLength: 6 });
 * using state = model.initialState(1); // a memory for one text
 * for (const segment of [[5, 7, 9], [1, 2, 3]]) {
 *   const { lastHidden } = model.encode({ inputIds: tensor2d([segment], [1, 3], 'int32') }, { state });
 *   console.log(lastHidden.shape, state.length); // [ 1, 3, 16 ] 3, then 6
 * }
 * ```
 */
export const transformerXL: ModelSpec<TransformerXLConfig, TransformerXL> = defineModel(
  (config: TransformerXLConfig, options: BuildOptions = {}) =>
    new TransformerXL(config, options.random ?? new RandomStream(42)),
  {
    modelType: 'transfo-xl',
    architecture: 'TransfoXLModel',
    prefix: 'transformer.',
    outside: /^crit\./,
    optional: /^crit\./, // of a checkpoint that was made for another task
    tasks: {
      causalLM: { architecture: 'TransfoXLLMHeadModel', head: {} },
      sequenceClassification: {
        architecture: 'TransfoXLForSequenceClassification',
        head: { 'classifier.weight': 'score.weight' },
      },
    },
    parseConfig,
    formatConfig,
    sanitize,
    unsanitize,
  },
);
