// llama.ts: Llama (Touvron et al. 2023), "LLaMA: Open and Efficient Foundation Language Models", with what Llama 2 and 3
// added: groups of heads that share keys and values, and rotary frequencies stretched for long texts.
// B batch, T new tokens, N = B·T, C channels, H heads, G heads of keys and values, D head size, V vocabulary.

import {
  type Backbone,
  type BuildOptions,
  defineModel,
  type Encoded,
  type EncodeOptions,
  type HeadDefaults,
  type Json,
  type ModelInput,
  type ModelSpec,
  Module,
  normal,
  type Parameter,
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
  Embedding,
  KeyValueCache,
  Linear,
  mergeHeads,
  newTokensMask,
  RMSNorm,
  type Rotation,
  rotaryFrequencies,
  rotate,
  rotation,
  splitHeads,
  tiedScorer,
} from '@tenon/layers';
import {
  add,
  mul,
  type Rank,
  reshape,
  type Tensor2D,
  type Tensor4D,
  tidy,
  tile,
} from '@tensorflow/tfjs-core';
import { checkInput, placesOf } from './check-input.ts';
import { activationName, boolean, configFile, count, number, rate, tokenId } from './config-file.ts';
import { encodedOf, statesInBatch } from './encoded.ts';

/** How Llama 3.1 stretches its rotary frequencies: slow ones by `factor`, fast ones not, some in between. */
export interface LlamaRotaryScaling {
  readonly factor: number;
  readonly lowFrequencyFactor: number;
  readonly highFrequencyFactor: number;
  readonly originalContextLength: number;
}

export interface LlamaConfig {
  readonly vocabularySize: number;
  readonly contextLength: number;
  readonly hiddenSize: number;
  readonly feedForwardSize: number;
  readonly layers: number;
  readonly heads: number;
  /** Heads of keys and values, each for heads / keyValueHeads of the queries. @default heads */
  readonly keyValueHeads?: number;
  /** @default hiddenSize / heads */
  readonly headSize?: number;
  readonly activation: ActivationName;
  readonly attentionDropout: number;
  readonly normEpsilon: number;
  readonly initializerRange: number;
  /** The base of the rotary frequencies. */
  readonly rotaryTheta: number;
  readonly rotaryScaling?: LlamaRotaryScaling;
  readonly tieWordEmbeddings: boolean;
  readonly bosTokenId?: number;
  readonly eosTokenId?: number;
}

export const llama7B: LlamaConfig = {
  vocabularySize: 32000,
  contextLength: 2048,
  hiddenSize: 4096,
  feedForwardSize: 11008,
  layers: 32,
  heads: 32,
  activation: 'silu',
  attentionDropout: 0,
  normEpsilon: 1e-6,
  initializerRange: 0.02,
  rotaryTheta: 10000,
  tieWordEmbeddings: false,
  bosTokenId: 1,
  eosTokenId: 2,
};
export const llama2_7B: LlamaConfig = { ...llama7B, contextLength: 4096, normEpsilon: 1e-5 };
export const llama3_8B: LlamaConfig = {
  ...llama2_7B,
  vocabularySize: 128256,
  contextLength: 8192,
  feedForwardSize: 14336,
  keyValueHeads: 8,
  rotaryTheta: 500000,
  bosTokenId: 128000,
  eosTokenId: 128001,
};
export const llama32_1B: LlamaConfig = {
  ...llama3_8B,
  contextLength: 131072,
  hiddenSize: 2048,
  feedForwardSize: 8192,
  layers: 16,
  rotaryScaling: {
    factor: 32,
    lowFrequencyFactor: 1,
    highFrequencyFactor: 4,
    originalContextLength: 8192,
  },
  tieWordEmbeddings: true,
};

/** What every layer of one pass shares. */
interface Pass {
  readonly batch: number;
  readonly options: EncodeOptions;
  readonly rotation: Rotation;
  /** Among the new tokens, [B or 1, 1, T·H/G, T]. */
  readonly mask: Tensor4D | undefined;
  readonly cache: KeyValueCache | undefined;
  readonly slotsMask: Tensor4D | undefined;
  readonly attentions: Tensor4D[];
}

class SelfAttention extends Module {
  readonly q_proj: Linear;
  readonly k_proj: Linear;
  readonly v_proj: Linear;
  readonly o_proj: Linear;
  readonly #config: LlamaConfig;
  readonly #layer: number;

  constructor(config: LlamaConfig, layer: number, random: RandomStream) {
    super();
    const { hiddenSize: C, heads: H, keyValueHeads: G = H } = config;
    const D = headSizeOf(config);
    const options = linearOptions(config, random);
    this.q_proj = new Linear(C, H * D, options);
    this.k_proj = new Linear(C, G * D, options);
    this.v_proj = new Linear(C, G * D, options);
    this.o_proj = new Linear(H * D, C, options);
    this.#config = config;
    this.#layer = layer;
  }

  forward(x: Tensor2D, { batch, cache, ...pass }: Pass): Tensor2D {
    const { heads: H, keyValueHeads: G = H, attentionDropout: dropoutRate } = this.#config;
    const q = rotate(splitHeads(this.q_proj.forward(x), batch, H), pass.rotation); // [B, H, T, D]
    const keys = rotate(splitHeads(this.k_proj.forward(x), batch, G), pass.rotation); // [B, G, T, D]
    const values = splitHeads(this.v_proj.forward(x), batch, G);
    const past = cache?.sources(this.#layer, pass.slotsMask) ?? [];
    cache?.store(this.#layer, keys, values);

    // The queries of a group stand below each other, so that keys and values need not be repeated.
    const [, , T, D] = q.shape;
    const grouped = reshape<Rank.R4>(q, [batch, G, (H / G) * T, D]);
    const sources = [...past, { keys, values, mask: pass.mask }];
    const { output, weights } = attend(grouped, sources, { dropoutRate, dropout: pass.options });
    pass.attentions.push(reshape(weights, [batch, H, T, weights.shape[3]]));
    return this.o_proj.forward(mergeHeads(reshape<Rank.R4>(output, [batch, H, T, D]))); // [N, C]
  }
}

/** The gated feed-forward layer (Shazeer 2020): down(activation(gate(x)) · up(x)). */
class FeedForward extends Module {
  readonly gate_proj: Linear;
  readonly up_proj: Linear;
  readonly down_proj: Linear;
  readonly #activation: Activation;

  constructor(config: LlamaConfig, random: RandomStream) {
    super();
    const { hiddenSize: C, feedForwardSize: F } = config;
    const options = linearOptions(config, random);
    this.gate_proj = new Linear(C, F, options);
    this.up_proj = new Linear(C, F, options);
    this.down_proj = new Linear(F, C, options);
    this.#activation = activation(config.activation);
  }

  forward(x: Tensor2D): Tensor2D {
    const gate = this.#activation(this.gate_proj.forward(x)); // [N, F]
    return this.down_proj.forward(mul<Tensor2D>(gate, this.up_proj.forward(x))); // [N, C]
  }
}

class Layer extends Module {
  readonly self_attn: SelfAttention;
  readonly mlp: FeedForward;
  readonly input_layernorm: RMSNorm;
  readonly post_attention_layernorm: RMSNorm;

  constructor(config: LlamaConfig, layer: number, random: RandomStream) {
    super();
    const { hiddenSize, normEpsilon: epsilon } = config;
    this.self_attn = new SelfAttention(config, layer, random);
    this.mlp = new FeedForward(config, random);
    this.input_layernorm = new RMSNorm(hiddenSize, { epsilon });
    this.post_attention_layernorm = new RMSNorm(hiddenSize, { epsilon });
  }

  forward(x: Tensor2D, pass: Pass): Tensor2D {
    const attended = add<Tensor2D>(x, this.self_attn.forward(this.input_layernorm.forward(x), pass)); // [N, C]
    return add<Tensor2D>(attended, this.mlp.forward(this.post_attention_layernorm.forward(attended)));
  }
}

/**
 * Llama without a head: a pre-norm decoder with rotary positions and a gated feed-forward layer.
 *
 * It takes `inputIds` or `inputEmbeds`, with `attentionMask` and `positionIds`. These are read as numbers while a
 * pass is made: leave them out of a step that `compile` records, where tokens are counted from the state's length on.
 * `hiddenStates` are the embeddings, then the output of every layer, the last of them after the last norm. Built by
 * `llama(config)`.
 */
export class Llama extends Module implements Backbone {
  readonly embed_tokens: Embedding;
  readonly layers: readonly Layer[];
  readonly norm: RMSNorm;
  /** The vocabulary's scores [V, C], where they are not tied to the embeddings. */
  readonly lm_head?: Linear;
  readonly config: LlamaConfig;
  readonly hiddenSize: number;
  readonly contextLength: number;
  readonly scorer: Scorer;
  readonly tokenEmbedding: Parameter<Tensor2D>;
  readonly headDefaults: HeadDefaults;
  readonly #frequencies: readonly number[];

  constructor(config: LlamaConfig, random: RandomStream) {
    super();
    const { vocabularySize: V, hiddenSize: C, heads, keyValueHeads = heads, initializerRange } = config;
    assertDivides('Llama heads', heads, C, config.headSize === undefined);
    assertDivides('Llama heads of keys and values', keyValueHeads, heads, true);
    const weight = normal(initializerRange);
    this.embed_tokens = new Embedding(V, C, { random, weight });
    this.layers = Array.from({ length: config.layers }, (_, layer) => new Layer(config, layer, random));
    this.norm = new RMSNorm(C, { epsilon: config.normEpsilon });
    if (!config.tieWordEmbeddings) this.lm_head = new Linear(C, V, linearOptions(config, random));
    this.config = config;
    this.hiddenSize = C;
    this.contextLength = config.contextLength;
    this.scorer = tiedScorer((this.lm_head ?? this.embed_tokens).weight);
    this.tokenEmbedding = this.embed_tokens.weight;
    this.headDefaults = { pooling: 'last', bias: false, dropout: 0, weight };
    this.#frequencies = frequenciesOf(config);
  }

  /** @throws {TenonError} about shapes, ids outside of the vocabulary, and texts beyond the context. */
  encode(input: ModelInput, options: EncodeOptions = {}): Encoded {
    const cache = KeyValueCache.from(options.state);
    const { batch, time } = checkInput(input, this.config, cache);
    const { heads, keyValueHeads = heads } = this.config;
    const parts = tidy(() => {
      const start = cache?.length ?? 0;
      const slotsMask = cache?.advance(time, input.attentionMask);
      const mask = newTokensMask(time, input.attentionMask);
      const pass: Pass = {
        batch,
        options,
        rotation: rotation(placesOf(input, start, time), time, this.#frequencies),
        // A row of the mask for each of a group's queries, in their order: heads outside, tokens inside.
        mask: mask && mask.shape[2] > 1 ? tile(mask, [1, 1, heads / keyValueHeads, 1]) : mask,
        cache,
        slotsMask,
        attentions: [],
      };
      const tokens = input.inputEmbeds ?? this.embed_tokens.forward(input.inputIds!); // [B, T, C]
      let x = reshape<Rank.R2>(tokens, [batch * time, this.hiddenSize]);
      const states = [x];
      for (const layer of this.layers) {
        x = layer.forward(x, pass);
        states.push(x);
      }
      states[states.length - 1] = this.norm.forward(x);
      return {
        states: statesInBatch(states, batch, options),
        attentions: options.attentions ? pass.attentions : [],
      };
    });
    return encodedOf({ ...parts, state: cache }, options);
  }

  initialState(batchSize: number, capacity: number): KeyValueCache {
    const { layers, heads, keyValueHeads = heads } = this.config;
    const headSize = headSizeOf(this.config);
    return new KeyValueCache({ layers, heads: keyValueHeads, headSize, batchSize, capacity });
  }
}

function headSizeOf({ headSize, hiddenSize, heads }: LlamaConfig): number {
  return headSize ?? hiddenSize / heads;
}

function linearOptions({ initializerRange }: LlamaConfig, random: RandomStream) {
  return { random, weight: normal(initializerRange), bias: false } as const;
}

function assertDivides(subject: string, divisor: number, whole: number, must: boolean): void {
  if (!must || whole % divisor === 0) return;
  throw new TenonError({
    subject,
    expected: `a divisor of ${whole}`,
    got: String(divisor),
    advice: 'Change one of the two in the config.',
  });
}

function frequenciesOf(config: LlamaConfig): readonly number[] {
  const frequencies = rotaryFrequencies(headSizeOf(config), config.rotaryTheta);
  const { rotaryScaling } = config;
  if (rotaryScaling === undefined) return frequencies;
  const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalContextLength } = rotaryScaling;
  return frequencies.map((frequency) => {
    const turns = (originalContextLength * frequency) / (2 * Math.PI); // within the original context
    const kept = Math.min(1, Math.max(0, (turns - low) / (high - low)));
    return (1 - kept) * (frequency / factor) + kept * frequency;
  });
}

const llamaConfigFile = configFile<Omit<LlamaConfig, 'rotaryScaling'>>('llama', {
  fields: {
    vocabularySize: count('vocab_size', 32000),
    contextLength: count('max_position_embeddings', 2048),
    hiddenSize: count('hidden_size', 4096),
    feedForwardSize: count('intermediate_size', 11008),
    layers: count('num_hidden_layers', 32),
    heads: count('num_attention_heads', 32),
    keyValueHeads: count('num_key_value_heads', undefined),
    headSize: count('head_dim', undefined),
    activation: activationName('hidden_act', 'silu'),
    attentionDropout: rate('attention_dropout', 0),
    normEpsilon: number('rms_norm_eps', 1e-6),
    initializerRange: number('initializer_range', 0.02),
    rotaryTheta: number('rope_theta', 10000),
    tieWordEmbeddings: boolean('tie_word_embeddings', false),
    bosTokenId: tokenId('bos_token_id'),
    eosTokenId: tokenId('eos_token_id'),
  },
  only: { attention_bias: false, mlp_bias: false },
  ignored: /^pretraining_tp$/, // how a past training was spread over machines
});

/**
 * Reads what stands outside of Hugging Face's flat fields: the rotary settings, which have moved over the years, and end
 * tokens, of which there may be several: the first is the model's, and the others are `generation_config.json`'s.
 */
function parseLlamaConfig(json: Json): LlamaConfig {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return llamaConfigFile.parseConfig(json);
  const { rope_parameters, rope_scaling, eos_token_id, ...flat } = json;
  const rotary = rope_parameters ?? rope_scaling ?? {};
  if (typeof rotary !== 'object' || Array.isArray(rotary)) throw unknownRotary(rotary);
  const config = llamaConfigFile.parseConfig({
    ...flat,
    ...(rotary['rope_theta'] === undefined ? {} : { rope_theta: rotary['rope_theta'] }),
    eos_token_id: (Array.isArray(eos_token_id) ? eos_token_id[0] : eos_token_id) ?? null,
  });
  const type = rotary['rope_type'] ?? rotary['type'] ?? 'default';
  if (type === 'default') return config;
  const numbers = SCALING.map(([, key]) => rotary[key]);
  if (type !== 'llama3' || !numbers.every((value) => typeof value === 'number' && value > 0)) {
    throw unknownRotary(rotary);
  }
  const named = SCALING.map(([name], i) => [name, numbers[i]]);
  return { ...config, rotaryScaling: Object.fromEntries(named) as LlamaRotaryScaling };
}

function formatLlamaConfig({ rotaryScaling, ...config }: LlamaConfig): { [key: string]: Json } {
  const scaling = rotaryScaling && SCALING.map(([name, key]) => [key, rotaryScaling[name]] as const);
  return {
    ...llamaConfigFile.formatConfig(config),
    rope_scaling: scaling ? { rope_type: 'llama3', ...Object.fromEntries(scaling) } : null,
  };
}

const SCALING: readonly (readonly [name: keyof LlamaRotaryScaling, key: string])[] = [
  ['factor', 'factor'],
  ['lowFrequencyFactor', 'low_freq_factor'],
  ['highFrequencyFactor', 'high_freq_factor'],
  ['originalContextLength', 'original_max_position_embeddings'],
];

function unknownRotary(got: Json): TenonError {
  return new TenonError({
    subject: 'llama config, rope_scaling',
    expected: `the type "default", or "llama3" with ${SCALING.map(([, key]) => key).join(', ')}`,
    got: JSON.stringify(got),
    advice: 'This model has no other variant.',
  });
}

/** A classifier has no matrix of scores beside the embeddings. */
const WITHOUT_LM_HEAD = { tieWordEmbeddings: true } as const;

/**
 * Llama: builds a model from a config, and says how checkpoints are read and written.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { tensor2d } from '@tensorflow/tfjs-core';
 * import { llama, llama3_8B } from '@tenon/models';
 *
 * const sizes = { hiddenSize: 32, feedForwardSize: 64, layers: 2, heads: 4, keyValueHeads: 2 };
 * using model = llama({ ...llama3_8B, ...sizes, vocabularySize: 100 });
 * const { lastHidden } = model.encode({ inputIds: tensor2d([[5, 7, 9]], [1, 3], 'int32') });
 * console.log(lastHidden.shape); // [ 1, 3, 32 ]
 * ```
 */
export const llama: ModelSpec<LlamaConfig, Llama> = defineModel(
  (config: LlamaConfig, options: BuildOptions = {}) =>
    new Llama(config, options.random ?? new RandomStream(42)),
  {
    modelType: 'llama',
    architecture: 'LlamaModel',
    prefix: 'model.',
    outside: /^lm_head\.weight$/,
    optional: /^lm_head\.weight$/,
    tasks: {
      causalLM: { architecture: 'LlamaForCausalLM', head: {} },
      sequenceClassification: {
        architecture: 'LlamaForSequenceClassification',
        head: { 'classifier.weight': 'score.weight' },
        config: WITHOUT_LM_HEAD,
      },
      tokenClassification: {
        architecture: 'LlamaForTokenClassification',
        head: { 'classifier.weight': 'score.weight', 'classifier.bias': 'score.bias' },
        config: WITHOUT_LM_HEAD,
      },
      questionAnswering: {
        architecture: 'LlamaForQuestionAnswering',
        prefix: 'transformer.', // here alone it is not 'model.'
        head: { 'span.weight': 'qa_outputs.weight', 'span.bias': 'qa_outputs.bias' },
        config: WITHOUT_LM_HEAD,
      },
    },
    parseConfig: parseLlamaConfig,
    formatConfig: formatLlamaConfig,

    /** Leaves out the frequencies that old files keep, and the copy of the embeddings that is the head. */
    sanitize: (weights: StateDict, { tieWordEmbeddings }: LlamaConfig) =>
      new Map(
        [...weights].filter(
          ([name]) =>
            !name.endsWith('rotary_emb.inv_freq') && !(tieWordEmbeddings && name === 'lm_head.weight'),
        ),
      ),
  },
);
