// gpt2.ts: GPT-2 (Radford et al. 2019), "Language Models are Unsupervised Multitask Learners". GPT and GPT-3 take parts of it.
// B batch, T new tokens, S slots of the cache, N = B·T, C channels, H heads, D = C / H, L layers, V vocabulary.

import {
  type Backbone,
  type BuildOptions,
  defineModel,
  type Encoded,
  type EncodeOptions,
  type HeadDefaults,
  type Initializer,
  type ModelInput,
  type ModelSpec,
  Module,
  normal,
  type Parameter,
  RandomStream,
  type Scorer,
  type StateDict,
} from '@tenon/core';
import {
  type Activation,
  type ActivationName,
  activation,
  attend,
  Conv1D,
  dropout,
  Embedding,
  KeyValueCache,
  LayerNorm,
  Linear,
  mergeHeads,
  newTokensMask,
  pastWindowMask,
  positionsFrom,
  splitQueriesKeysValues,
  tiedScorer,
} from '@tenon/layers';
import { add, type Rank, reshape, type Tensor2D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { assertHeads } from './assert-heads.ts';
import { checkInput } from './check-input.ts';
import {
  activationName,
  boolean,
  type ConfigFileOptions,
  configFile,
  count,
  number,
  rate,
  tokenId,
} from './config-file.ts';
import { encodedOf, statesInBatch } from './encoded.ts';
import { decoderTasks, ownWeights, UNTIED } from './gpt-checkpoint.ts';

/** What the configs of the GPT family have in common. */
export interface DecoderConfig {
  readonly vocabularySize: number;
  /** The most tokens a sequence can have. */
  readonly contextLength: number;
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly activation: ActivationName;
  /** Dropout of the embeddings, of the attention weights, and of what goes into the residual stream. */
  readonly embeddingDropout: number;
  readonly attentionDropout: number;
  readonly residualDropout: number;
  readonly layerNormEpsilon: number;
  /** Standard deviation of the first weights. */
  readonly initializerRange: number;
  /** Score the vocabulary by the token embeddings; `false` gives the scores a matrix of their own. */
  readonly tieWordEmbeddings: boolean;
}

export interface GPT2Config extends DecoderConfig {
  /** @default 4 · hiddenSize */
  readonly feedForwardSize?: number;
  /** `paper` divides `initializerRange` by √(2L) for what goes into the residual stream. @default 'paper' */
  readonly initialization?: 'paper' | 'plain';
  /** Divide the scores by √D. */
  readonly scaleAttention: boolean;
  /** Divide the scores by the layer's number, from 1. */
  readonly scaleAttentionByLayer: boolean;
  readonly bosTokenId?: number;
  readonly eosTokenId?: number;
}

export const gpt2Small: GPT2Config = {
  vocabularySize: 50257,
  contextLength: 1024,
  hiddenSize: 768,
  layers: 12,
  heads: 12,
  activation: 'gelu_new',
  embeddingDropout: 0.1,
  attentionDropout: 0.1,
  residualDropout: 0.1,
  layerNormEpsilon: 1e-5,
  initializerRange: 0.02,
  scaleAttention: true,
  scaleAttentionByLayer: false,
  tieWordEmbeddings: true,
  bosTokenId: 50256,
  eosTokenId: 50256,
};
export const gpt2Medium: GPT2Config = { ...gpt2Small, hiddenSize: 1024, layers: 24, heads: 16 };
export const gpt2Large: GPT2Config = { ...gpt2Small, hiddenSize: 1280, layers: 36, heads: 20 };
export const gpt2XL: GPT2Config = { ...gpt2Small, hiddenSize: 1600, layers: 48, heads: 25 };

/** What the new tokens may see, to add to scores; absent where that is everything. */
interface Masks {
  /** Of each other, [B or 1, 1, T, T]. */
  readonly fresh: Tensor4D | undefined;
  /** Of the cache's slots, [B, 1, 1 or T, S]; absent where the cache is empty too. */
  readonly past: Tensor4D | undefined;
}

/** What every layer of one pass shares. */
export interface DecoderPass {
  readonly batch: number;
  readonly options: EncodeOptions;
  readonly cache: KeyValueCache | undefined;
  /** @param window how many tokens a token sees, itself the last of them; absent = all before it. */
  masks(window: number | undefined): Masks;
  /** Collects the attention weights, [B, H, T, S + T] a layer. */
  readonly attentions: Tensor4D[];
}

/** How one block differs from the next, and one model's from another's. */
export interface BlockOptions {
  /** The block's number, from 0: where its keys and values are in the cache. */
  readonly layer: number;
  readonly random: RandomStream;
  /** Channels inside of the feed-forward layer. @default 4 · hiddenSize */
  readonly feedForwardSize?: number | undefined;
  /** First weights of what goes into the residual stream. @default as all others */
  readonly residualWeight?: Initializer;
  /** What the products of queries and keys are multiplied by. @default 1 / √D */
  readonly scale?: number;
  /** How many tokens a token sees, itself the last of them. @default all before it */
  readonly window?: number | undefined;
}

export class SelfAttention extends Module {
  readonly c_attn: Conv1D;
  readonly c_proj: Conv1D;
  readonly #config: DecoderConfig;
  readonly #options: BlockOptions;

  constructor(config: DecoderConfig, options: BlockOptions) {
    super();
    const { hiddenSize: C, initializerRange } = config;
    const weight = normal(initializerRange);
    const { random, residualWeight = weight } = options;
    this.c_attn = new Conv1D(C, 3 * C, { random, weight });
    this.c_proj = new Conv1D(C, C, { random, weight: residualWeight });
    this.#config = config;
    this.#options = options;
  }

  forward(x: Tensor2D, pass: DecoderPass): Tensor2D {
    const { heads, hiddenSize, attentionDropout, residualDropout } = this.#config;
    const { layer, window, scale = 1 / Math.sqrt(hiddenSize / heads) } = this.#options;
    const [q, k, v] = splitQueriesKeysValues(this.c_attn.forward(x), pass.batch, heads); // [B, H, T, D]
    const { fresh, past } = pass.masks(window);
    const remembered = pass.cache?.sources(layer, past) ?? [];
    pass.cache?.store(layer, k, v);
    const { output, weights } = attend(q, [...remembered, { keys: k, values: v, mask: fresh }], {
      scale,
      dropoutRate: attentionDropout,
      dropout: pass.options,
    });
    pass.attentions.push(weights);
    return dropout(this.c_proj.forward(mergeHeads(output)), residualDropout, pass.options); // [N, C]
  }
}

export class FeedForward extends Module {
  readonly c_fc: Conv1D;
  readonly c_proj: Conv1D;
  readonly #activation: Activation;
  readonly #dropoutRate: number;

  constructor(config: DecoderConfig, options: BlockOptions) {
    super();
    const { hiddenSize: C } = config;
    const weight = normal(config.initializerRange);
    const { random, residualWeight = weight, feedForwardSize = 4 * C } = options;
    this.c_fc = new Conv1D(C, feedForwardSize, { random, weight });
    this.c_proj = new Conv1D(feedForwardSize, C, { random, weight: residualWeight });
    this.#activation = activation(config.activation);
    this.#dropoutRate = config.residualDropout;
  }

  forward(x: Tensor2D, pass: DecoderPass): Tensor2D {
    const inner = this.#activation(this.c_fc.forward(x)); // [N, 4C]
    return dropout(this.c_proj.forward(inner), this.#dropoutRate, pass.options); // [N, C]
  }
}

/** The modules of a decoder in the order in which a pass goes through them. */
export interface DecoderParts {
  readonly tokens: Embedding;
  readonly positions: Embedding;
  readonly blocks: readonly { forward(x: Tensor2D, pass: DecoderPass): Tensor2D }[];
  /** After the last block. */
  readonly norm?: LayerNorm;
}

/** The pass itself: embeddings, blocks, the last norm. @throws {TenonError} as `encode` says. */
export function decode(
  config: DecoderConfig,
  { tokens, positions, blocks, norm }: DecoderParts,
  input: ModelInput,
  options: EncodeOptions,
): Encoded {
  const cache = KeyValueCache.from(options.state);
  const { batch, time } = checkInput(input, config, cache);
  const parts = tidy(() => {
    const start = cache?.length ?? 0;
    const slots = cache?.advance(time, input.attentionMask); // [B, 1, 1, S]
    const attentions: Tensor4D[] = [];
    const masks = perWindow((window) => ({
      fresh: newTokensMask(time, input.attentionMask, window),
      past: withWindow(slots, start, time, window),
    }));
    const pass: DecoderPass = { batch, options, cache, masks, attentions };

    const embeddedTokens = input.inputEmbeds ?? tokens.forward(input.inputIds!); // [B, T, C]
    const embeddedPositions = positions.forward(input.positionIds ?? positionsFrom(start, time)); // [B, T, C] or [T, C]
    const embedded = reshape<Rank.R2>(add(embeddedTokens, embeddedPositions), [
      batch * time,
      config.hiddenSize,
    ]);
    let x = dropout(embedded, config.embeddingDropout, options); // [N, C]
    const states = [x];
    for (const block of blocks) {
      x = block.forward(x, pass);
      states.push(x);
    }
    if (norm !== undefined) states[states.length - 1] = norm.forward(x);
    return {
      states: statesInBatch(states, batch, options),
      attentions: options.attentions ? attentions : [],
    };
  });
  return encodedOf({ ...parts, state: cache }, options);
}

/** Makes the masks of a window when a layer first asks for them. */
function perWindow(make: (window: number | undefined) => Masks): DecoderPass['masks'] {
  const made = new Map<number | undefined, Masks>();
  return (window) => {
    const masks = made.get(window) ?? make(window);
    made.set(window, masks);
    return masks;
  };
}

/** The mask of the cache's slots, with what the window has left behind masked as well. */
function withWindow(
  slots: Tensor4D | undefined,
  start: number,
  time: number,
  window: number | undefined,
): Tensor4D | undefined {
  if (slots === undefined || window === undefined) return slots;
  return add<Tensor4D>(slots, pastWindowMask({ past: start, time, slots: slots.shape[3], window }));
}

/** An empty cache for a decoder. */
export function decoderState(config: DecoderConfig, batchSize: number, capacity: number): KeyValueCache {
  const { layers, heads, hiddenSize } = config;
  return new KeyValueCache({ layers, heads, headSize: hiddenSize / heads, batchSize, capacity });
}

class Block extends Module {
  readonly ln_1: LayerNorm;
  readonly attn: SelfAttention;
  readonly ln_2: LayerNorm;
  readonly mlp: FeedForward;

  constructor(config: GPT2Config, options: BlockOptions) {
    super();
    const { hiddenSize, layerNormEpsilon: epsilon } = config;
    this.ln_1 = new LayerNorm(hiddenSize, { epsilon });
    this.attn = new SelfAttention(config, options);
    this.ln_2 = new LayerNorm(hiddenSize, { epsilon });
    this.mlp = new FeedForward(config, options);
  }

  forward(x: Tensor2D, pass: DecoderPass): Tensor2D {
    const attended = add<Tensor2D>(x, this.attn.forward(this.ln_1.forward(x), pass)); // [N, C]
    return add<Tensor2D>(attended, this.mlp.forward(this.ln_2.forward(attended), pass)); // [N, C]
  }
}

export interface GPT2Options {
  readonly random: RandomStream;
  /** How many tokens a token of a layer sees, itself the last of them. @default all before it, in every layer */
  window?(layer: number): number | undefined;
}

/**
 * GPT-2 without a head: a pre-norm decoder with learned positions, and one more layer norm at the end.
 *
 * It takes `inputIds` or `inputEmbeds`, with `attentionMask` and `positionIds`. `hiddenStates` are the
 * output of the embeddings, then of every block, the last of them after the last layer norm.
 * Built by `gpt2(config)`.
 */
export class GPT2 extends Module implements Backbone {
  readonly wte: Embedding;
  readonly wpe: Embedding;
  readonly h: readonly Block[];
  readonly ln_f: LayerNorm;
  /** The vocabulary's scores [V, C], where they are not tied to the embeddings. */
  readonly lm_head?: Linear;
  readonly config: GPT2Config;
  readonly hiddenSize: number;
  readonly contextLength: number;
  readonly scorer: Scorer;
  readonly tokenEmbedding: Parameter<Tensor2D>;
  readonly headDefaults: HeadDefaults;

  constructor(config: GPT2Config, { random, window }: GPT2Options) {
    super();
    const { vocabularySize, contextLength, hiddenSize, heads, feedForwardSize, layers, tieWordEmbeddings } =
      config;
    assertHeads('GPT-2 heads', hiddenSize, heads);
    const weight = normal(config.initializerRange);
    const residualWeight = residualInitializer(config);
    this.wte = new Embedding(vocabularySize, hiddenSize, { random, weight });
    this.wpe = new Embedding(contextLength, hiddenSize, { random, weight });
    this.h = Array.from({ length: layers }, (_, layer) => {
      const scale = scoreScale(config, layer);
      const options = { layer, random, feedForwardSize, residualWeight, scale, window: window?.(layer) };
      return new Block(config, options);
    });
    this.ln_f = new LayerNorm(hiddenSize, { epsilon: config.layerNormEpsilon });
    if (!tieWordEmbeddings)
      this.lm_head = new Linear(hiddenSize, vocabularySize, { random, weight, bias: false });
    this.config = config;
    this.hiddenSize = hiddenSize;
    this.contextLength = contextLength;
    this.tokenEmbedding = this.wte.weight;
    this.scorer = tiedScorer(this.lm_head?.weight ?? this.tokenEmbedding);
    this.headDefaults = { pooling: 'last', dropout: config.residualDropout, bias: false, weight };
  }

  /** @throws {TenonError} about shapes, ids outside of the vocabulary, and texts beyond the context. */
  encode(input: ModelInput, options: EncodeOptions = {}): Encoded {
    const parts = { tokens: this.wte, positions: this.wpe, blocks: this.h, norm: this.ln_f };
    return decode(this.config, parts, input, options);
  }

  initialState(batchSize: number, capacity: number): KeyValueCache {
    return decoderState(this.config, batchSize, capacity);
  }
}

/** Layers add to the residual stream 2L times; so that it does not grow with L, each adds less at first. */
function residualInitializer({
  initializerRange,
  initialization = 'paper',
  layers,
}: GPT2Config): Initializer {
  return normal(initialization === 'paper' ? initializerRange / Math.sqrt(2 * layers) : initializerRange);
}

/** What a layer's products of queries and keys are multiplied by. */
function scoreScale(config: GPT2Config, layer: number): number {
  const rootD = config.scaleAttention ? Math.sqrt(config.hiddenSize / config.heads) : 1;
  return 1 / (rootD * (config.scaleAttentionByLayer ? layer + 1 : 1));
}

/** Also where GPT-3's begins. */
export const gpt2ConfigOptions: ConfigFileOptions<GPT2Config> = {
  fields: {
    vocabularySize: count('vocab_size', 50257),
    contextLength: count('n_positions', 1024, 'n_ctx'),
    hiddenSize: count('n_embd', 768),
    layers: count('n_layer', 12),
    heads: count('n_head', 12),
    feedForwardSize: count('n_inner', undefined),
    activation: activationName('activation_function', 'gelu_new'),
    embeddingDropout: rate('embd_pdrop', 0.1),
    attentionDropout: rate('attn_pdrop', 0.1),
    residualDropout: rate('resid_pdrop', 0.1),
    layerNormEpsilon: number('layer_norm_epsilon', 1e-5),
    initializerRange: number('initializer_range', 0.02),
    scaleAttention: boolean('scale_attn_weights', true),
    scaleAttentionByLayer: boolean('scale_attn_by_inverse_layer_idx', false),
    tieWordEmbeddings: boolean('tie_word_embeddings', true),
    bosTokenId: tokenId('bos_token_id'),
    eosTokenId: tokenId('eos_token_id'),
  },
  only: { add_cross_attention: false, is_encoder_decoder: false },
  ignored: /^(summary_.*|reorder_and_upcast_attn)$/, // scores are float32 here anyway
};

/**
 * GPT-2: builds a model from a config, and says how checkpoints are read and written.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { tensor2d } from '@tensorflow/tfjs-core';
 * import { gpt2, gpt2Small } from '@tenon/models';
 *
 * using model = gpt2({ ...gpt2Small, vocabularySize: 100, hiddenSize: 32, layers: 2, heads: 4 });
 * const { lastHidden } = model.encode({ inputIds: tensor2d([[5, 7, 9]], [1, 3], 'int32') });
 * console.log(lastHidden.shape); // [ 1, 3, 32 ]
 * ```
 */
export const gpt2: ModelSpec<GPT2Config, GPT2> = defineModel(
  (config: GPT2Config, options: BuildOptions = {}) =>
    new GPT2(config, { random: options.random ?? new RandomStream(42) }),
  {
    modelType: 'gpt2',
    architecture: 'GPT2Model',
    prefix: 'transformer.',
    outside: UNTIED,
    optional: UNTIED,
    tasks: decoderTasks('GPT2'),
    ...configFile('gpt2', gpt2ConfigOptions),

    sanitize: (weights: StateDict, { tieWordEmbeddings: tied }) =>
      ownWeights(weights, { tied, embedding: 'wte.weight' }),
  },
);
