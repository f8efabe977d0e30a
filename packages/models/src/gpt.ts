// gpt.ts: GPT (Radford et al. 2018), "Improving Language Understanding by Generative Pre-Training".
// N tokens, C channels.

import {
  type Backbone,
  type BuildOptions,
  defineModel,
  type Encoded,
  type EncodeOptions,
  type HeadDefaults,
  type ModelInput,
  type ModelSpec,
  Module,
  normal,
  type Parameter,
  RandomStream,
  type ReleaseLayout,
  type Scorer,
  type StateDict,
} from '@tenon/core';
import { Embedding, type KeyValueCache, LayerNorm, Linear, tiedScorer } from '@tenon/layers';
import { add, type Tensor2D } from '@tensorflow/tfjs-core';
import { assertHeads } from './assert-heads.ts';
import { boolean, choice, configFile, count, number, rate, tokenId } from './config-file.ts';
import { decoderTasks, ownWeights, UNTIED } from './gpt-checkpoint.ts';
import {
  type BlockOptions,
  type DecoderConfig,
  type DecoderPass,
  decode,
  decoderState,
  FeedForward,
  SelfAttention,
} from './gpt2.ts';

export interface GPTConfig extends DecoderConfig {
  /** The paper's is `gelu_new`, the tanh approximation. */
  readonly activation: 'gelu_new' | 'relu' | 'silu';
  readonly bosTokenId?: number;
  readonly eosTokenId?: number;
}

/** The model of the paper, 117 million parameters: 40,000 merges, 238 bytes' symbols in two forms and two more. */
export const gptBase: GPTConfig = {
  vocabularySize: 40478,
  contextLength: 512,
  hiddenSize: 768,
  layers: 12,
  heads: 12,
  activation: 'gelu_new',
  embeddingDropout: 0.1,
  attentionDropout: 0.1,
  residualDropout: 0.1,
  layerNormEpsilon: 1e-5,
  initializerRange: 0.02,
  tieWordEmbeddings: true,
};

class Block extends Module {
  readonly attn: SelfAttention;
  readonly ln_1: LayerNorm;
  readonly mlp: FeedForward;
  readonly ln_2: LayerNorm;

  constructor(config: GPTConfig, options: BlockOptions) {
    super();
    const { hiddenSize, layerNormEpsilon: epsilon } = config;
    this.attn = new SelfAttention(config, options);
    this.ln_1 = new LayerNorm(hiddenSize, { epsilon });
    this.mlp = new FeedForward(config, options);
    this.ln_2 = new LayerNorm(hiddenSize, { epsilon });
  }

  forward(x: Tensor2D, pass: DecoderPass): Tensor2D {
    const attended = this.ln_1.forward(add<Tensor2D>(x, this.attn.forward(x, pass))); // [N, C]
    return this.ln_2.forward(add<Tensor2D>(attended, this.mlp.forward(attended, pass))); // [N, C]
  }
}

/**
 * GPT without a head: a post-norm decoder with learned positions.
 *
 * It takes `inputIds` or `inputEmbeds`, with `attentionMask` and `positionIds`. `hiddenStates` are the
 * output of the embeddings, then of every block.
 * Built by `gpt(config)`.
 */
export class GPT extends Module implements Backbone {
  readonly tokens_embed: Embedding;
  readonly positions_embed: Embedding;
  readonly h: readonly Block[];
  /** The vocabulary's scores [V, C], where they are not tied to the embeddings. */
  readonly lm_head?: Linear;
  readonly config: GPTConfig;
  readonly hiddenSize: number;
  readonly contextLength: number;
  readonly scorer: Scorer;
  readonly tokenEmbedding: Parameter<Tensor2D>;
  readonly headDefaults: HeadDefaults;

  constructor(config: GPTConfig, random: RandomStream) {
    super();
    const { vocabularySize, contextLength, hiddenSize, heads, layers, tieWordEmbeddings } = config;
    assertHeads('GPT heads', hiddenSize, heads);
    const weight = normal(config.initializerRange);
    this.tokens_embed = new Embedding(vocabularySize, hiddenSize, { random, weight });
    this.positions_embed = new Embedding(contextLength, hiddenSize, { random, weight });
    this.h = Array.from({ length: layers }, (_, layer) => new Block(config, { layer, random }));
    if (!tieWordEmbeddings)
      this.lm_head = new Linear(hiddenSize, vocabularySize, { random, weight, bias: false });
    this.config = config;
    this.hiddenSize = hiddenSize;
    this.contextLength = contextLength;
    this.tokenEmbedding = this.tokens_embed.weight;
    this.scorer = tiedScorer(this.lm_head?.weight ?? this.tokenEmbedding);
    this.headDefaults = { pooling: 'last', dropout: config.residualDropout, bias: false, weight };
  }

  /** @throws {TenonError} about shapes, ids outside of the vocabulary, and texts beyond the context. */
  encode(input: ModelInput, options: EncodeOptions = {}): Encoded {
    const parts = { tokens: this.tokens_embed, positions: this.positions_embed, blocks: this.h };
    return decode(this.config, parts, input, options);
  }

  initialState(batchSize: number, capacity: number): KeyValueCache {
    return decoderState(this.config, batchSize, capacity);
  }
}

const gptConfigFile = configFile<GPTConfig>('openai-gpt', {
  fields: {
    vocabularySize: count('vocab_size', 40478),
    contextLength: count('n_positions', 512, 'n_ctx'),
    hiddenSize: count('n_embd', 768),
    layers: count('n_layer', 12),
    heads: count('n_head', 12),
    // What is called gelu there is the tanh approximation.
    activation: choice('afn', 'gelu_new', { gelu: 'gelu_new', relu: 'relu', silu: 'silu', swish: 'silu' }),
    embeddingDropout: rate('embd_pdrop', 0.1),
    attentionDropout: rate('attn_pdrop', 0.1),
    residualDropout: rate('resid_pdrop', 0.1),
    layerNormEpsilon: number('layer_norm_epsilon', 1e-5),
    initializerRange: number('initializer_range', 0.02),
    tieWordEmbeddings: boolean('tie_word_embeddings', true),
    bosTokenId: tokenId('bos_token_id'),
    eosTokenId: tokenId('eos_token_id'),
  },
  only: { add_cross_attention: false, is_encoder_decoder: false },
  ignored: /^(summary_.*|n_special|predict_special_tokens)$/, // the last two say what vocab_size has counted
});

/** The arrays of a block in OpenAI's files; each matrix has its bias after it, each norm's scale its shift. */
const RELEASED = ['attn.c_attn', 'attn.c_proj', 'ln_1', 'mlp.c_fc', 'mlp.c_proj', 'ln_2'].flatMap((name) => [
  `${name}.weight`,
  `${name}.bias`,
]);

const gptRelease: ReleaseLayout<GPTConfig> = {
  config: ([positions, tokens, ...blocks]) => ({
    ...gptBase,
    contextLength: positions?.[0] ?? 0,
    vocabularySize: tokens?.[0] ?? 0,
    hiddenSize: tokens?.[1] ?? 0,
    layers: blocks.length / RELEASED.length,
  }),
  names: ({ layers }) => [
    'positions_embed.weight',
    'tokens_embed.weight',
    ...Array.from({ length: layers }, (_, layer) => RELEASED.map((name) => `h.${layer}.${name}`)).flat(),
  ],
};

/**
 * GPT: builds a model from a config, and says how checkpoints are read and written.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { tensor2d } from '@tensorflow/tfjs-core';
 * import { gpt, gptBase } from '@tenon/models';
 *
 * using model = gpt({ ...gptBase, vocabularySize: 100, hiddenSize: 32, layers: 2, heads: 4 });
 * const { lastHidden } = model.encode({ inputIds: tensor2d([[5, 7, 9]], [1, 3], 'int32') });
 * console.log(lastHidden.shape); // [ 1, 3, 32 ]
 * ```
 */
export const gpt: ModelSpec<GPTConfig, GPT> = defineModel(
  (config: GPTConfig, options: BuildOptions = {}) => new GPT(config, options.random ?? new RandomStream(42)),
  {
    modelType: 'openai-gpt',
    architecture: 'OpenAIGPTModel',
    prefix: 'transformer.',
    outside: UNTIED,
    optional: UNTIED,
    tasks: decoderTasks('OpenAIGPT'),
    ...gptConfigFile,
    release: gptRelease,
    sanitize: (weights: StateDict, { tieWordEmbeddings: tied }) =>
      ownWeights(weights, { tied, embedding: 'tokens_embed.weight' }),
  },
);
