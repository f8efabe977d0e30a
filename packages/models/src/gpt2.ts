// gpt2.ts: GPT-2 (Radford et al. 2019), "Language Models are Unsupervised Multitask Learners".
// N tokens, C channels, L layers.

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
import { Embedding, type KeyValueCache, LayerNorm, Linear, tiedScorer } from '@tenon/layers';
import { add, type Tensor2D } from '@tensorflow/tfjs-core';
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
import { decoderTasks, ownWeights, UNTIED } from './gpt-checkpoint.ts';
import {
  assertHeads,
  type BlockOptions,
  type DecoderConfig,
  type DecoderPass,
  decode,
  decoderState,
  FeedForward,
  SelfAttention,
} from './gpt-decoder.ts';

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
    const { vocabularySize, contextLength, hiddenSize, feedForwardSize, layers, tieWordEmbeddings } = config;
    assertHeads('GPT-2', config);
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
