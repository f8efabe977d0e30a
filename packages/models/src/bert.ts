// bert.ts: BERT (Devlin et al. 2019), "Pre-training of Deep Bidirectional Transformers for Language Understanding".
// B batch, T time, N = B·T tokens, C channels, H heads, D = C / H, L layers, V vocabulary.

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
  type StateDict,
  truncatedNormal,
  zeros,
} from '@tenon/core';
import {
  type Activation,
  type ActivationName,
  activation,
  attend,
  dropout,
  Embedding,
  LayerNorm,
  Linear,
  mergeHeads,
  paddingMask,
  positionsFrom,
  splitHeads,
} from '@tenon/layers';
import {
  add,
  type Rank,
  reshape,
  slice,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tanh,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import { assertHeads } from './assert-heads.ts';
import { checkInput } from './check-input.ts';
import { activationName, configFile, count, number, rate, tokenIdOrNull } from './config-file.ts';
import { encodedOf, statesInBatch } from './encoded.ts';

export interface BertConfig {
  readonly vocabularySize: number;
  /** The most tokens a sequence can have. */
  readonly contextLength: number;
  /** Kinds of tokens: the first and the second text of a pair. */
  readonly typeVocabularySize: number;
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly feedForwardSize: number;
  readonly activation: ActivationName;
  /** Dropout of the embeddings and of what goes into the residual stream. */
  readonly dropout: number;
  readonly attentionDropout: number;
  /** Dropout of what a classifier sees. @default that of the hidden states */
  readonly classifierDropout?: number;
  readonly layerNormEpsilon: number;
  /** Standard deviation of the first weights. */
  readonly initializerRange: number;
  /**
   * `paper` draws first weights again that are beyond two deviations, as the original program does; `plain` does not,
   * and starts the padding token's embedding at 0, as Hugging Face does. @default 'paper'
   */
  readonly initialization?: 'paper' | 'plain';
  /** The token whose embedding does not learn from being looked up; absent = all learn. */
  readonly padTokenId?: number;
  /** Whether there is a pooler, and `encode` gives `pooled`: a task decides. @default true */
  readonly pooler?: boolean;
}

/** BERT-Base of the paper, uncased English. For other vocabularies: `{ ...bertBase, vocabularySize: bertVocabularies.cased }`. */
export const bertBase: BertConfig = {
  vocabularySize: 30522,
  contextLength: 512,
  typeVocabularySize: 2,
  hiddenSize: 768,
  layers: 12,
  heads: 12,
  feedForwardSize: 3072,
  activation: 'gelu',
  dropout: 0.1,
  attentionDropout: 0.1,
  layerNormEpsilon: 1e-12,
  initializerRange: 0.02,
  padTokenId: 0,
};
export const bertLarge: BertConfig = { ...bertBase, ...size(24, 1024) };
// The smaller ones of Turc et al. 2019, "Well-Read Students Learn Better".
export const bertTiny: BertConfig = { ...bertBase, ...size(2, 128) };
export const bertMini: BertConfig = { ...bertBase, ...size(4, 256) };
export const bertSmall: BertConfig = { ...bertBase, ...size(4, 512) };
export const bertMedium: BertConfig = { ...bertBase, ...size(8, 512) };

/** How many tokens the vocabularies of the published models have. */
export const bertVocabularies = {
  uncased: 30522,
  cased: 28996,
  chinese: 21128,
  multilingualCased: 119547,
  multilingualUncased: 105879,
} as const;

/** Every published size has heads of 64 channels and a feed-forward four times as wide as the rest. */
function size(layers: number, hiddenSize: number) {
  return { layers, hiddenSize, heads: hiddenSize / 64, feedForwardSize: 4 * hiddenSize };
}

/** What every layer of one pass shares. */
interface Pass {
  readonly batch: number;
  readonly options: EncodeOptions;
  /** Added to the scores, [B, 1, 1, T]. */
  readonly mask: Tensor4D | undefined;
  /** Collects the attention weights, [B, H, T, T] a layer. */
  readonly attentions: Tensor4D[];
}

/** What every part is made from. */
interface Parts {
  readonly config: BertConfig;
  readonly random: RandomStream;
  readonly weight: Initializer;
}

const linear = (from: number, to: number, { random, weight }: Parts): Linear =>
  new Linear(from, to, { random, weight, bias: zeros });

const layerNorm = ({ config }: Parts): LayerNorm =>
  new LayerNorm(config.hiddenSize, { epsilon: config.layerNormEpsilon });

class Embeddings extends Module {
  readonly word_embeddings: Embedding;
  readonly position_embeddings: Embedding;
  readonly token_type_embeddings: Embedding;
  readonly LayerNorm: LayerNorm;
  readonly #dropoutRate: number;

  constructor(parts: Parts) {
    super();
    const { config, random, weight } = parts;
    const { vocabularySize, contextLength, typeVocabularySize, hiddenSize: C, padTokenId } = config;
    const table = (rows: number): Embedding => new Embedding(rows, C, { random, weight });
    this.word_embeddings = new Embedding(vocabularySize, C, {
      random,
      weight: config.initialization === 'plain' ? withZeroRow(weight, padTokenId) : weight,
      ...(padTokenId === undefined ? {} : { paddingId: padTokenId }),
    });
    this.position_embeddings = table(contextLength);
    this.token_type_embeddings = table(typeVocabularySize);
    this.LayerNorm = layerNorm(parts);
    this.#dropoutRate = config.dropout;
  }

  forward(input: ModelInput, batch: number, time: number, options: EncodeOptions): Tensor2D {
    const words = input.inputEmbeds ?? this.word_embeddings.forward(input.inputIds!); // [B, T, C]
    const positions = this.position_embeddings.forward(input.positionIds ?? positionsFrom(0, time)); // [B, T, C] or [T, C]
    const types = this.token_type_embeddings.forward(input.tokenTypeIds ?? tensor1d([0], 'int32')); // [B, T, C] or [1, C]
    const rows = reshape<Rank.R2>(add(add(words, types), positions), [batch * time, -1]);
    return dropout(this.LayerNorm.forward(rows), this.#dropoutRate, options); // [N, C]
  }
}

class SelfAttention extends Module {
  readonly query: Linear;
  readonly key: Linear;
  readonly value: Linear;
  readonly #config: BertConfig;

  constructor(parts: Parts) {
    super();
    const { hiddenSize: C } = parts.config;
    this.query = linear(C, C, parts);
    this.key = linear(C, C, parts);
    this.value = linear(C, C, parts);
    this.#config = parts.config;
  }

  forward(x: Tensor2D, pass: Pass): Tensor2D {
    const { heads, attentionDropout } = this.#config;
    const [q, keys, values] = [this.query, this.key, this.value].map((project) =>
      splitHeads(project.forward(x), pass.batch, heads),
    ) as [Tensor4D, Tensor4D, Tensor4D]; // 3 × [B, H, T, D]
    const { output, weights } = attend(q, [{ keys, values, mask: pass.mask }], {
      dropoutRate: attentionDropout,
      dropout: pass.options,
    });
    pass.attentions.push(weights);
    return mergeHeads(output); // [N, C]
  }
}

/** What follows attention and feed-forward alike: a projection into the residual stream, and its norm. */
class Output extends Module {
  readonly dense: Linear;
  readonly LayerNorm: LayerNorm;
  readonly #dropoutRate: number;

  constructor(inputSize: number, parts: Parts) {
    super();
    this.dense = linear(inputSize, parts.config.hiddenSize, parts);
    this.LayerNorm = layerNorm(parts);
    this.#dropoutRate = parts.config.dropout;
  }

  forward(inner: Tensor2D, residual: Tensor2D, { options }: Pass): Tensor2D {
    const projected = dropout(this.dense.forward(inner), this.#dropoutRate, options);
    return this.LayerNorm.forward(add<Tensor2D>(projected, residual)); // [N, C]
  }
}

class Attention extends Module {
  readonly self: SelfAttention;
  readonly output: Output;

  constructor(parts: Parts) {
    super();
    this.self = new SelfAttention(parts);
    this.output = new Output(parts.config.hiddenSize, parts);
  }

  forward(x: Tensor2D, pass: Pass): Tensor2D {
    return this.output.forward(this.self.forward(x, pass), x, pass);
  }
}

class Intermediate extends Module {
  readonly dense: Linear;
  readonly #activation: Activation;

  constructor(parts: Parts) {
    super();
    const { hiddenSize, feedForwardSize, activation: name } = parts.config;
    this.dense = linear(hiddenSize, feedForwardSize, parts);
    this.#activation = activation(name);
  }

  forward(x: Tensor2D): Tensor2D {
    return this.#activation(this.dense.forward(x)); // [N, 4C]
  }
}

class Layer extends Module {
  readonly attention: Attention;
  readonly intermediate: Intermediate;
  readonly output: Output;

  constructor(parts: Parts) {
    super();
    this.attention = new Attention(parts);
    this.intermediate = new Intermediate(parts);
    this.output = new Output(parts.config.feedForwardSize, parts);
  }

  forward(x: Tensor2D, pass: Pass): Tensor2D {
    const attended = this.attention.forward(x, pass); // [N, C]
    return this.output.forward(this.intermediate.forward(attended), attended, pass); // [N, C]
  }
}

class Encoder extends Module {
  readonly layer: readonly Layer[];

  constructor(parts: Parts) {
    super();
    this.layer = Array.from({ length: parts.config.layers }, () => new Layer(parts));
  }
}

class Pooler extends Module {
  readonly dense: Linear;

  constructor(parts: Parts) {
    super();
    this.dense = linear(parts.config.hiddenSize, parts.config.hiddenSize, parts);
  }

  /** [B, T, C] to [B, C], from the first token. */
  forward(hidden: Tensor3D): Tensor2D {
    const [B, , C] = hidden.shape;
    return tanh(this.dense.forward(reshape<Rank.R2>(slice(hidden, [0, 0, 0], [B, 1, C]), [B, C])));
  }
}

/**
 * BERT without a head: a post-norm encoder with learned positions, which sees the text on both sides.
 *
 * It takes `inputIds` or `inputEmbeds`, with `attentionMask`, `tokenTypeIds` (absent = all 0) and `positionIds`.
 * `hiddenStates` are the output of the embeddings, then of every layer. `pooled` is there where the config has a pooler.
 * Built by `bert(config)`.
 */
export class Bert extends Module implements Backbone {
  readonly embeddings: Embeddings;
  readonly encoder: Encoder;
  readonly pooler?: Pooler;
  readonly config: BertConfig;
  readonly hiddenSize: number;
  readonly contextLength: number;
  readonly tokenEmbedding: Parameter<Tensor2D>;
  readonly headDefaults: HeadDefaults;

  constructor(config: BertConfig, random: RandomStream) {
    super();
    const { hiddenSize, contextLength, heads, initializerRange: range, pooler = true } = config;
    assertHeads('BERT heads', hiddenSize, heads);
    const weight = config.initialization === 'plain' ? normal(range) : truncatedNormal(range);
    const parts: Parts = { config, random, weight };
    this.embeddings = new Embeddings(parts);
    this.encoder = new Encoder(parts);
    if (pooler) this.pooler = new Pooler(parts);
    this.config = config;
    this.hiddenSize = hiddenSize;
    this.contextLength = contextLength;
    this.tokenEmbedding = this.embeddings.word_embeddings.weight;
    this.headDefaults = {
      pooling: pooler ? 'pooled' : 'first',
      dropout: config.classifierDropout ?? config.dropout,
      weight,
      activation: config.activation,
      layerNormEpsilon: config.layerNormEpsilon,
    };
  }

  /** @throws {TenonError} about shapes, ids outside of the vocabulary, and texts beyond the context. */
  encode(input: ModelInput, options: EncodeOptions = {}): Encoded {
    const { batch, time } = checkInput(input, this.config);
    const { pooled, ...parts } = tidy(() => {
      const mask = input.attentionMask && paddingMask(input.attentionMask);
      const pass: Pass = { batch, options, mask, attentions: [] };
      let x = this.embeddings.forward(input, batch, time, options); // [N, C]
      const states = [x];
      for (const layer of this.encoder.layer) {
        x = layer.forward(x, pass);
        states.push(x);
      }
      const inBatch = statesInBatch(states, batch, options); // [B, T, C]
      return {
        states: inBatch,
        pooled: this.pooler?.forward(inBatch.at(-1)!),
        attentions: options.attentions ? pass.attentions : [],
      };
    });
    return { ...encodedOf(parts, options), ...(pooled ? { pooled } : {}) };
  }
}

/** Starts the embedding of padding at 0, where it stays. */
function withZeroRow(weight: Initializer, row = -1): Initializer {
  return (shape, random) => {
    const [, columns = 0] = shape;
    const values = weight(shape, random);
    return row < 0 ? values : values.fill(0, row * columns, (row + 1) * columns);
  };
}

const bertConfigFile = configFile<BertConfig>('bert', {
  fields: {
    vocabularySize: count('vocab_size', 30522),
    contextLength: count('max_position_embeddings', 512),
    typeVocabularySize: count('type_vocab_size', 2),
    hiddenSize: count('hidden_size', 768),
    layers: count('num_hidden_layers', 12),
    heads: count('num_attention_heads', 12),
    feedForwardSize: count('intermediate_size', 3072),
    activation: activationName('hidden_act', 'gelu'),
    dropout: rate('hidden_dropout_prob', 0.1),
    attentionDropout: rate('attention_probs_dropout_prob', 0.1),
    classifierDropout: rate('classifier_dropout', undefined),
    layerNormEpsilon: number('layer_norm_eps', 1e-12),
    initializerRange: number('initializer_range', 0.02),
    padTokenId: tokenIdOrNull('pad_token_id', 0),
  },
  only: {
    position_embedding_type: 'absolute',
    add_cross_attention: false,
    is_decoder: false,
    is_encoder_decoder: false,
    tie_word_embeddings: true,
  },
  ignored:
    /^(directionality|pooler_(fc_size|num_attention_heads|num_fc_layers|size_per_head|type)|(bos|eos)_token_ids?)$/,
});

/** The names of what predicts masked tokens, under which both of BERT's language models keep it. */
const PREDICTIONS = {
  'predictions.dense.weight': 'cls.predictions.transform.dense.weight',
  'predictions.dense.bias': 'cls.predictions.transform.dense.bias',
  'predictions.layerNorm.weight': 'cls.predictions.transform.LayerNorm.weight',
  'predictions.layerNorm.bias': 'cls.predictions.transform.LayerNorm.bias',
  'predictions.bias': 'cls.predictions.bias',
} as const;

const NEXT_SENTENCE = {
  'nextSentence.weight': 'cls.seq_relationship.weight',
  'nextSentence.bias': 'cls.seq_relationship.bias',
} as const;

const WITHOUT_POOLER = { pooler: false } as const;

/**
 * BERT: builds a model from a config, and says how checkpoints are read and written.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { tensor2d } from '@tensorflow/tfjs-core';
 * import { bert, bertTiny } from '@tenon/models';
 *
 * using model = bert({ ...bertTiny, vocabularySize: 100 });
 * const { lastHidden, pooled } = model.encode({
 *   inputIds: tensor2d([[2, 57, 9, 3, 0]], [1, 5], 'int32'),
 *   attentionMask: tensor2d([[1, 1, 1, 1, 0]], [1, 5], 'int32'),
 * });
 * console.log(lastHidden.shape, pooled?.shape); // [ 1, 5, 128 ] [ 1, 128 ]
 * ```
 */
export const bert: ModelSpec<BertConfig, Bert> = defineModel(
  (config: BertConfig, options: BuildOptions = {}) =>
    new Bert(config, options.random ?? new RandomStream(42)),
  {
    modelType: 'bert',
    architecture: 'BertModel',
    prefix: 'bert.',
    optional: /^pooler\./,
    tasks: {
      maskedLM: { architecture: 'BertForMaskedLM', head: PREDICTIONS, config: WITHOUT_POOLER },
      nextSentence: { architecture: 'BertForNextSentencePrediction', head: NEXT_SENTENCE },
      pretraining: { architecture: 'BertForPreTraining', head: { ...PREDICTIONS, ...NEXT_SENTENCE } },
      sequenceClassification: { architecture: 'BertForSequenceClassification', head: {} },
      tokenClassification: {
        architecture: 'BertForTokenClassification',
        head: {},
        config: WITHOUT_POOLER,
      },
      questionAnswering: {
        architecture: 'BertForQuestionAnswering',
        head: { 'span.weight': 'qa_outputs.weight', 'span.bias': 'qa_outputs.bias' },
        config: WITHOUT_POOLER,
      },
      multipleChoice: { architecture: 'BertForMultipleChoice', head: {} },
    },
    ...bertConfigFile,

    /** Old files call a layer norm's parameters as TensorFlow does, and keep buffers and second copies of tied weights. */
    sanitize(weights: StateDict): StateDict {
      const kept: StateDict = new Map();
      for (const [name, stored] of weights) {
        if (/^embeddings\.(position|token_type)_ids$|^cls\.predictions\.decoder\./.test(name)) continue;
        kept.set(
          name.replace(/LayerNorm\.gamma$/, 'LayerNorm.weight').replace(/LayerNorm\.beta$/, 'LayerNorm.bias'),
          stored,
        );
      }
      return kept;
    },
  },
);
