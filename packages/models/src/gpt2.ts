// gpt2.ts: GPT-2 (Radford et al. 2019), "Language Models are Unsupervised Multitask Learners".
// B batch, T time, N = B·T tokens, C channels, H heads, D = C / H, L layers, V vocabulary.

import {
  type Backbone,
  type BuildOptions,
  defineModel,
  type Encoded,
  type EncodeOptions,
  type ModelInput,
  type ModelSpec,
  Module,
  normal,
  RandomStream,
  type Scorer,
  type StateDict,
  TenonError,
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
  mergeHeads,
  newTokensMask,
  positionsFrom,
  splitQueriesKeysValues,
  tiedScorer,
} from '@tenon/layers';
import { add, type Rank, reshape, type Tensor2D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { checkInput } from './check-input.ts';
import { activationName, boolean, configFile, count, number, rate, tokenId } from './config-file.ts';

export interface GPT2Config {
  readonly vocabularySize: number;
  /** The most tokens a sequence can have. */
  readonly contextLength: number;
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  /** @default 4 · hiddenSize */
  readonly feedForwardSize?: number;
  readonly activation: ActivationName;
  /** Dropout of the embeddings, of the attention weights, and of what goes into the residual stream. */
  readonly embeddingDropout: number;
  readonly attentionDropout: number;
  readonly residualDropout: number;
  readonly layerNormEpsilon: number;
  /** Standard deviation of the first weights. */
  readonly initializerRange: number;
  /** `paper` divides it by √(2L) for what goes into the residual stream. @default 'paper' */
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
  bosTokenId: 50256,
  eosTokenId: 50256,
};
export const gpt2Medium: GPT2Config = { ...gpt2Small, hiddenSize: 1024, layers: 24, heads: 16 };
export const gpt2Large: GPT2Config = { ...gpt2Small, hiddenSize: 1280, layers: 36, heads: 20 };
export const gpt2XL: GPT2Config = { ...gpt2Small, hiddenSize: 1600, layers: 48, heads: 25 };

/** What every layer of one pass shares. */
interface Pass {
  readonly batch: number;
  readonly options: EncodeOptions;
  /** Added to the scores among the new tokens, [B or 1, 1, T, T]. */
  readonly mask: Tensor4D | undefined;
  readonly cache: KeyValueCache | undefined;
  /** Added to the scores of the cache's slots, [B, 1, 1, S]. */
  readonly cacheMask: Tensor4D | undefined;
  /** Collects the attention weights, [B, H, T, S + T] a layer. */
  readonly attentions: Tensor4D[];
}

class SelfAttention extends Module {
  readonly c_attn: Conv1D;
  readonly c_proj: Conv1D;
  readonly #config: GPT2Config;
  readonly #layer: number;

  constructor(config: GPT2Config, layer: number, random: RandomStream) {
    super();
    const { hiddenSize: C } = config;
    this.c_attn = new Conv1D(C, 3 * C, { random, weight: normal(config.initializerRange) });
    this.c_proj = new Conv1D(C, C, { random, weight: normal(residualRange(config)) });
    this.#config = config;
    this.#layer = layer;
  }

  forward(x: Tensor2D, pass: Pass): Tensor2D {
    const { heads, hiddenSize, attentionDropout, residualDropout, scaleAttention } = this.#config;
    const [q, k, v] = splitQueriesKeysValues(this.c_attn.forward(x), pass.batch, heads); // [B, H, T, D]
    const past = pass.cache?.sources(this.#layer, pass.cacheMask) ?? [];
    pass.cache?.store(this.#layer, k, v);
    const rootD = scaleAttention ? Math.sqrt(hiddenSize / heads) : 1;
    const { output, weights } = attend(q, [...past, { keys: k, values: v, mask: pass.mask }], {
      scale: 1 / (rootD * (this.#config.scaleAttentionByLayer ? this.#layer + 1 : 1)),
      dropoutRate: attentionDropout,
      dropout: pass.options,
    });
    pass.attentions.push(weights);
    return dropout(this.c_proj.forward(mergeHeads(output)), residualDropout, pass.options); // [N, C]
  }
}

class FeedForward extends Module {
  readonly c_fc: Conv1D;
  readonly c_proj: Conv1D;
  readonly #activation: Activation;
  readonly #dropoutRate: number;

  constructor(config: GPT2Config, random: RandomStream) {
    super();
    const { hiddenSize: C, feedForwardSize = 4 * C } = config;
    this.c_fc = new Conv1D(C, feedForwardSize, { random, weight: normal(config.initializerRange) });
    this.c_proj = new Conv1D(feedForwardSize, C, { random, weight: normal(residualRange(config)) });
    this.#activation = activation(config.activation);
    this.#dropoutRate = config.residualDropout;
  }

  forward(x: Tensor2D, pass: Pass): Tensor2D {
    const inner = this.#activation(this.c_fc.forward(x)); // [N, 4C]
    return dropout(this.c_proj.forward(inner), this.#dropoutRate, pass.options); // [N, C]
  }
}

class Block extends Module {
  readonly ln_1: LayerNorm;
  readonly attn: SelfAttention;
  readonly ln_2: LayerNorm;
  readonly mlp: FeedForward;

  constructor(config: GPT2Config, layer: number, random: RandomStream) {
    super();
    const { hiddenSize, layerNormEpsilon: epsilon } = config;
    this.ln_1 = new LayerNorm(hiddenSize, { epsilon });
    this.attn = new SelfAttention(config, layer, random);
    this.ln_2 = new LayerNorm(hiddenSize, { epsilon });
    this.mlp = new FeedForward(config, random);
  }

  forward(x: Tensor2D, pass: Pass): Tensor2D {
    const attended = add<Tensor2D>(x, this.attn.forward(this.ln_1.forward(x), pass)); // [N, C]
    return add<Tensor2D>(attended, this.mlp.forward(this.ln_2.forward(attended), pass)); // [N, C]
  }
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
  readonly config: GPT2Config;
  readonly hiddenSize: number;
  readonly contextLength: number;
  readonly scorer: Scorer;

  constructor(config: GPT2Config, random: RandomStream) {
    super();
    const { vocabularySize, contextLength, hiddenSize, layers, heads } = config;
    if (hiddenSize % heads !== 0) {
      throw new TenonError({
        subject: 'GPT-2 heads',
        expected: `a divisor of hiddenSize ${hiddenSize}`,
        got: String(heads),
        advice: 'Change one of the two in the config.',
      });
    }
    const weight = normal(config.initializerRange);
    this.wte = new Embedding(vocabularySize, hiddenSize, { random, weight });
    this.wpe = new Embedding(contextLength, hiddenSize, { random, weight });
    this.h = Array.from({ length: layers }, (_, layer) => new Block(config, layer, random));
    this.ln_f = new LayerNorm(hiddenSize, { epsilon: config.layerNormEpsilon });
    this.config = config;
    this.hiddenSize = hiddenSize;
    this.contextLength = contextLength;
    this.scorer = tiedScorer(this.wte.weight);
  }

  /** @throws {TenonError} about shapes, ids outside of the vocabulary, and texts beyond the context. */
  encode(input: ModelInput, options: EncodeOptions = {}): Encoded {
    const cache = KeyValueCache.from(options.state);
    const { batch, time } = checkInput(input, this.config, cache);
    const shape: [number, number, number] = [batch, time, this.hiddenSize];

    const { hidden, states, attentions } = tidy(() => {
      const start = cache?.length ?? 0;
      const cacheMask = cache?.advance(time, input.attentionMask);
      const pass: Pass = {
        batch,
        options,
        mask: newTokensMask(time, input.attentionMask),
        cache,
        cacheMask,
        attentions: [],
      };

      const tokens = input.inputEmbeds ?? this.wte.forward(input.inputIds!); // [B, T, C]
      const positions = this.wpe.forward(input.positionIds ?? positionsFrom(start, time)); // [B, T, C] or [T, C]
      const embedded = reshape<Rank.R2>(add(tokens, positions), [batch * time, this.hiddenSize]);
      let x = dropout(embedded, this.config.embeddingDropout, options); // [N, C]
      const states = [x];
      for (const block of this.h) {
        x = block.forward(x, pass);
        states.push(x);
      }
      const hidden = reshape<Rank.R3>(this.ln_f.forward(x), shape); // [B, T, C]
      return {
        hidden,
        states: options.hiddenStates
          ? [...states.slice(0, -1).map((s) => reshape<Rank.R3>(s, shape)), hidden]
          : [],
        attentions: options.attentions ? pass.attentions : [],
      };
    });
    return {
      lastHidden: hidden,
      ...(options.hiddenStates ? { hiddenStates: states } : {}),
      ...(options.attentions ? { attentions } : {}),
      ...(cache ? { state: cache } : {}),
    };
  }

  initialState(batchSize: number, capacity: number): KeyValueCache {
    const { layers, heads, hiddenSize } = this.config;
    return new KeyValueCache({ layers, heads, headSize: hiddenSize / heads, batchSize, capacity });
  }
}

/** Layers add to the residual stream 2L times; so that it does not grow with L, each adds less at first. */
function residualRange({ initializerRange, initialization = 'paper', layers }: GPT2Config): number {
  return initialization === 'paper' ? initializerRange / Math.sqrt(2 * layers) : initializerRange;
}

const gpt2ConfigFile = configFile<GPT2Config>('gpt2', {
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
    bosTokenId: tokenId('bos_token_id'),
    eosTokenId: tokenId('eos_token_id'),
  },
  only: { add_cross_attention: false, is_encoder_decoder: false, tie_word_embeddings: true },
  ignored: /^(summary_.*|reorder_and_upcast_attn)$/, // scores are float32 here anyway
});

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
    new GPT2(config, options.random ?? new RandomStream(42)),
  {
    modelType: 'gpt2',
    architecture: 'GPT2Model',
    prefix: 'transformer.',
    tasks: { causalLM: { architecture: 'GPT2LMHeadModel', head: {} } },
    ...gpt2ConfigFile,

    /** Leaves out the masks that old files keep as buffers, and the copy of the embeddings that is the head. */
    sanitize: (weights: StateDict) =>
      new Map(
        [...weights].filter(([name]) => !/^h\.\d+\.attn\.(masked_)?bias$|^lm_head\.weight$/.test(name)),
      ),
  },
);
