// The attention layers of Transformer-XL: by distance (its own), by learned distances (Shaw et al. 2018), and absolute.
// B batch, T time, M memory, S = M + T keys, N = B·T tokens, C channels, H heads, D head size, R learned distances.
import {
  type EncodeOptions,
  embedding,
  Module,
  type Parameter,
  parameter,
  type RandomStream,
} from '@tenon/core';
import {
  attend,
  attendRelative,
  dropout,
  LayerNorm,
  Linear,
  linearMap,
  mergeHeadsFirst,
  relativeDistances,
  type SegmentMemory,
  splitHeadsFirst,
} from '@tenon/layers';
import {
  add,
  concat,
  mul,
  type Rank,
  reshape,
  slice,
  split,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tensor1d,
  transpose,
} from '@tensorflow/tfjs-core';
import { drawn, type TransformerXLConfig } from './transformer-xl-config.ts';

/** What every layer of one pass shares. */
export interface Pass {
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
export interface SharedBiases {
  readonly r_w_bias: Tensor2D;
  readonly r_r_bias: Tensor2D;
}

/** Distances as projected sinusoids (Dai et al. 2019, section 3.3). */
export class RelativeAttention extends AttentionByDistance {
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
export interface LearnedDistances {
  /** [L, R, H, D], the furthest distance first. */
  readonly r_emb: Tensor4D;
  /** [L, H, D] */
  readonly r_w_bias: Tensor3D;
  /** [L, R, H] */
  readonly r_bias: Tensor3D;
}

/** Distances with a learned vector and a learned score each, the furthest serving all beyond it. */
export class LearnedRelativeAttention extends AttentionByDistance {
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
export class AbsoluteAttention extends Module {
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
