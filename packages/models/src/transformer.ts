// transformer.ts: the encoder–decoder of Vaswani et al. (2017), "Attention Is All You Need", in the layout of Marian's
// checkpoints (Helsinki-NLP/opus-mt-*), which are this model trained to translate.
// B batch, S source tokens, T target tokens, N = B·S or B·T, C channels, H heads, D = C / H, V vocabulary.

import {
  assertShape,
  type BuildOptions,
  type Decoded,
  defineModel,
  type Encoded,
  type EncodedSource,
  type EncodeOptions,
  type EncoderDecoder,
  type Initializer,
  type ModelInput,
  type ModelSpec,
  Module,
  normal,
  type Parameter,
  parameter,
  RandomStream,
  type Scorer,
  type StateDict,
  type StoredTensor,
  TenonError,
  xavierUniform,
  zeros,
} from '@tenon/core';
import {
  type Activation,
  type ActivationName,
  activation,
  DecoderState,
  dropout,
  Embedding,
  type KeysAndValues,
  KeyValueCache,
  LayerNorm,
  Linear,
  MultiHeadAttention,
  newTokensMask,
  paddingMask,
  sinusoids,
  tiedScorer,
} from '@tenon/layers';
import {
  add,
  mul,
  type Rank,
  reshape,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { assertHeads } from './assert-heads.ts';
import { checkInput, placesOf } from './check-input.ts';
import { activationName, boolean, configFile, count, number, rate, tokenId } from './config-file.ts';
import { encodedOf, statesInBatch } from './encoded.ts';

export interface TransformerConfig {
  /** Source and target share one. */
  readonly vocabularySize: number;
  /** The most tokens that a text can have. */
  readonly contextLength: number;
  readonly hiddenSize: number;
  readonly encoderLayers: number;
  readonly decoderLayers: number;
  readonly encoderHeads: number;
  readonly decoderHeads: number;
  readonly encoderFeedForwardSize: number;
  readonly decoderFeedForwardSize: number;
  readonly activation: ActivationName;
  /** Dropout of the embeddings and of what goes into the residual stream, of attention weights, of the inner activations. */
  readonly dropout: number;
  readonly attentionDropout: number;
  readonly activationDropout: number;
  /** Multiply the token embeddings by √C, as the paper does. */
  readonly scaleEmbedding: boolean;
  /** Standard deviation of the first weights of `plain`. */
  readonly initializerRange: number;
  /**
   * `paper` draws matrices as the paper's code does (Glorot and Bengio 2010) and embeddings with deviation 1 / √C,
   * `plain` all of them with `initializerRange`. @default 'paper'
   */
  readonly initialization?: 'paper' | 'plain';
  readonly padTokenId: number;
  readonly eosTokenId: number;
  /** The token that a target begins with. */
  readonly decoderStartTokenId: number;
}

/** The paper's base model (table 3), with its 37,000 shared word pieces. */
export const transformerBase: TransformerConfig = {
  vocabularySize: 37000,
  contextLength: 512,
  hiddenSize: 512,
  encoderLayers: 6,
  decoderLayers: 6,
  encoderHeads: 8,
  decoderHeads: 8,
  encoderFeedForwardSize: 2048,
  decoderFeedForwardSize: 2048,
  activation: 'relu',
  dropout: 0.1,
  attentionDropout: 0,
  activationDropout: 0,
  scaleEmbedding: true,
  initializerRange: 0.02,
  padTokenId: 0,
  eosTokenId: 1,
  decoderStartTokenId: 0,
};
/** The paper's big model for English to German. */
export const transformerBig: TransformerConfig = {
  ...transformerBase,
  hiddenSize: 1024,
  encoderHeads: 16,
  decoderHeads: 16,
  encoderFeedForwardSize: 4096,
  decoderFeedForwardSize: 4096,
  dropout: 0.3,
};

/** What the layers of one side share. */
interface Side {
  readonly name: string;
  readonly layers: number;
  readonly heads: number;
  readonly feedForwardSize: number;
}

/** What an encoder's and a decoder's layer have in common: attention to their own text, and the two linear maps. */
abstract class Layer extends Module {
  readonly self_attn: MultiHeadAttention;
  readonly self_attn_layer_norm: LayerNorm;
  readonly fc1: Linear;
  readonly fc2: Linear;
  readonly final_layer_norm: LayerNorm;
  readonly #config: TransformerConfig;
  readonly #activation: Activation;

  constructor(config: TransformerConfig, { heads, feedForwardSize }: Side, random: RandomStream) {
    super();
    const { hiddenSize: C } = config;
    const options = { random, weight: matrix(config), bias: zeros };
    this.self_attn = attention(config, heads, random);
    this.self_attn_layer_norm = new LayerNorm(C);
    this.fc1 = new Linear(C, feedForwardSize, options);
    this.fc2 = new Linear(feedForwardSize, C, options);
    this.final_layer_norm = new LayerNorm(C);
    this.#config = config;
    this.#activation = activation(config.activation);
  }

  /** norm(x + dropout(y)), as the paper has it: the norm comes after. */
  protected join(x: Tensor2D, y: Tensor2D, norm: LayerNorm, options: EncodeOptions): Tensor2D {
    return norm.forward(add<Tensor2D>(x, dropout(y, this.#config.dropout, options)));
  }

  /** Equation 2, with its residual connection. */
  protected feedForward(x: Tensor2D, options: EncodeOptions): Tensor2D {
    const inner = this.#activation(this.fc1.forward(x));
    const y = this.fc2.forward(dropout(inner, this.#config.activationDropout, options));
    return this.join(x, y, this.final_layer_norm, options);
  }
}

class EncoderLayer extends Layer {
  forward(
    x: Tensor2D,
    batch: number,
    mask: Tensor4D | undefined,
    options: EncodeOptions,
    attentions: Tensor4D[],
  ): Tensor2D {
    const own = { ...this.self_attn.keysAndValues(x, batch), mask };
    const { output, weights } = this.self_attn.forward(x, batch, [own], options);
    attentions.push(weights);
    return this.feedForward(this.join(x, output, this.self_attn_layer_norm, options), options); // [N, C]
  }
}

/** What the decoder's layers share in one pass. */
interface DecoderPass {
  readonly batch: number;
  readonly options: EncodeOptions;
  /** Among the new tokens, [B or 1, 1, T, T]. */
  readonly mask: Tensor4D | undefined;
  readonly state: DecoderState | undefined;
  /** Of the state's slots, [B, 1, 1, capacity]. */
  readonly slotsMask: Tensor4D | undefined;
  /** [B·S, C] */
  readonly source: Tensor2D;
  /** [B, 1, 1, S] */
  readonly sourceMask: Tensor4D | undefined;
  readonly attentions: Tensor4D[];
  readonly crossAttentions: Tensor4D[];
}

class DecoderLayer extends Layer {
  readonly encoder_attn: MultiHeadAttention;
  readonly encoder_attn_layer_norm: LayerNorm;
  readonly #number: number;

  constructor(config: TransformerConfig, side: Side, layer: number, random: RandomStream) {
    super(config, side, random);
    this.encoder_attn = attention(config, side.heads, random);
    this.encoder_attn_layer_norm = new LayerNorm(config.hiddenSize);
    this.#number = layer;
  }

  forward(x: Tensor2D, pass: DecoderPass): Tensor2D {
    const { batch, options, state } = pass;
    const own = this.self_attn.keysAndValues(x, batch);
    const past = state?.cache.sources(this.#number, pass.slotsMask) ?? [];
    state?.cache.store(this.#number, own.keys, own.values);
    const texts = [...past, { ...own, mask: pass.mask }];
    const inside = this.self_attn.forward(x, batch, texts, options);
    pass.attentions.push(inside.weights);
    const written = this.join(x, inside.output, this.self_attn_layer_norm, options); // [N, C]

    const made = (): KeysAndValues => this.encoder_attn.keysAndValues(pass.source, batch);
    const source = { ...(state?.source(this.#number, made) ?? made()), mask: pass.sourceMask };
    const across = this.encoder_attn.forward(written, batch, [source], options);
    pass.crossAttentions.push(across.weights);
    return this.feedForward(
      this.join(written, across.output, this.encoder_attn_layer_norm, options),
      options,
    );
  }
}

class Stack<L extends Module> extends Module {
  readonly layers: readonly L[];
  constructor(layers: readonly L[]) {
    super();
    this.layers = layers;
  }
}

/**
 * The Transformer of 2017 without a head: an encoder that reads a text and a decoder that writes another, both
 * post-norm with sinusoidal positions, over one table of token embeddings.
 *
 * Texts are `inputIds` or `inputEmbeds` (not yet scaled), with `attentionMask` and `positionIds`. These are
 * read as numbers while a pass is made: leave them out of a step that `compile` records. `hiddenStates` are the output
 * of the embeddings, then of every layer. Built by `transformer(config)`.
 */
export class Transformer extends Module implements EncoderDecoder {
  readonly shared: Embedding;
  readonly encoder: Stack<EncoderLayer>;
  readonly decoder: Stack<DecoderLayer>;
  /** [V]: added to the vocabulary's scores. The paper has none: it starts at 0. */
  readonly final_logits_bias: Parameter<Tensor1D>;
  readonly config: TransformerConfig;
  readonly hiddenSize: number;
  readonly contextLength: number;
  readonly decoderStartTokenId: number;
  readonly padTokenId: number;
  readonly scorer: Scorer;

  constructor(config: TransformerConfig, random: RandomStream) {
    super();
    const { vocabularySize: V, hiddenSize: C } = config;
    const encoder: Side = {
      name: 'encoder',
      layers: config.encoderLayers,
      heads: config.encoderHeads,
      feedForwardSize: config.encoderFeedForwardSize,
    };
    const decoder: Side = {
      name: 'decoder',
      layers: config.decoderLayers,
      heads: config.decoderHeads,
      feedForwardSize: config.decoderFeedForwardSize,
    };
    for (const { name, heads } of [encoder, decoder])
      assertHeads(`Transformer heads of the ${name}`, C, heads);
    const deviation = isPlain(config) ? config.initializerRange : 1 / Math.sqrt(C);
    this.shared = new Embedding(V, C, {
      random,
      weight: normal(deviation),
      paddingId: config.padTokenId,
    });
    this.encoder = new Stack(
      Array.from({ length: encoder.layers }, () => new EncoderLayer(config, encoder, random)),
    );
    this.decoder = new Stack(
      Array.from({ length: decoder.layers }, (_, layer) => new DecoderLayer(config, decoder, layer, random)),
    );
    this.final_logits_bias = parameter([V], zeros, random);
    this.config = config;
    this.hiddenSize = C;
    this.contextLength = config.contextLength;
    this.decoderStartTokenId = config.decoderStartTokenId;
    this.padTokenId = config.padTokenId;
    this.scorer = tiedScorer(this.shared.weight, this.final_logits_bias);
  }

  /** @throws {TenonError} about shapes, ids outside of the vocabulary, texts beyond the context, and a state. */
  encode(input: ModelInput, options: EncodeOptions = {}): Encoded {
    if (options.state !== undefined) {
      throw new TenonError({
        subject: 'Transformer, encode',
        expected: 'no state: the source is read at once',
        got: options.state.constructor.name,
        advice: 'Pass the state to decode.',
      });
    }
    const { batch, time } = checkInput(input, this.config);
    const { attentionMask } = input;
    const parts = tidy(() => {
      const mask = attentionMask && paddingMask(attentionMask); // [B, 1, 1, S]
      const attentions: Tensor4D[] = [];
      let x = this.#embed(input, 0, batch, time, options); // [N, C]
      const states = [x];
      for (const layer of this.encoder.layers) {
        x = layer.forward(x, batch, mask, options, attentions);
        states.push(x);
      }
      return {
        states: statesInBatch(states, batch, options),
        attentions: options.attentions ? attentions : [],
      };
    });
    return encodedOf(parts, options);
  }

  /** @throws {TenonError} as `encode` does, and about a source or a state of another batch. */
  decode(target: ModelInput, source: EncodedSource, options: EncodeOptions = {}): Decoded {
    const state = DecoderState.from(options.state);
    const { batch, time } = checkInput(target, this.config, state);
    const { hidden, attentionMask: sourceMask } = source;
    assertShape(
      'source',
      hidden.shape,
      [batch, 'S', this.hiddenSize],
      'Pass what encode gave for this batch.',
    );
    const [, length] = hidden.shape;
    if (sourceMask !== undefined) {
      const advice = 'Pass the mask that the source was encoded with.';
      assertShape("the source's attention mask", sourceMask.shape, [batch, length], advice);
    }
    const parts = tidy(() => {
      const start = state?.length ?? 0;
      const slotsMask = state?.cache.advance(time, target.attentionMask);
      const pass: DecoderPass = {
        batch,
        options,
        mask: newTokensMask(time, target.attentionMask),
        state,
        slotsMask,
        source: reshape<Rank.R2>(hidden, [batch * length, this.hiddenSize]),
        sourceMask: sourceMask && paddingMask(sourceMask),
        attentions: [],
        crossAttentions: [],
      };
      let x = this.#embed(target, start, batch, time, options); // [N, C]
      const states = [x];
      for (const layer of this.decoder.layers) {
        x = layer.forward(x, pass);
        states.push(x);
      }
      return {
        states: statesInBatch(states, batch, options),
        attentions: options.attentions ? pass.attentions : [],
        crossAttentions: options.attentions ? pass.crossAttentions : [],
      };
    });
    return {
      ...encodedOf({ ...parts, state }, options),
      ...(options.attentions ? { crossAttentions: parts.crossAttentions } : {}),
    };
  }

  initialState(batchSize: number, capacity: number): DecoderState {
    const { decoderLayers: layers, decoderHeads: heads, hiddenSize } = this.config;
    return new DecoderState(
      new KeyValueCache({ layers, heads, headSize: hiddenSize / heads, batchSize, capacity }),
    );
  }

  /** Tokens and their positions, [N, C]. */
  #embed(input: ModelInput, start: number, batch: number, time: number, options: EncodeOptions): Tensor2D {
    const { hiddenSize: C, scaleEmbedding, dropout: rate } = this.config;
    const tokens: Tensor = input.inputEmbeds ?? this.shared.forward(input.inputIds!); // [B, T, C]
    const places = placesOf(input, start, time);
    const rows = places.length / time; // one for all texts, or one for each
    const positions = tensor(sinusoids(places, C), [rows, time, C]);
    const embedded = add(scaleEmbedding ? mul(tokens, Math.sqrt(C)) : tokens, positions);
    return dropout(reshape<Rank.R2>(embedded, [batch * time, C]), rate, options);
  }
}

function attention(config: TransformerConfig, heads: number, random: RandomStream): MultiHeadAttention {
  const { hiddenSize, attentionDropout: dropoutRate } = config;
  return new MultiHeadAttention(hiddenSize, heads, {
    random,
    weight: matrix(config),
    bias: zeros,
    dropoutRate,
  });
}

function isPlain({ initialization = 'paper' }: TransformerConfig): boolean {
  return initialization === 'plain';
}

function matrix(config: TransformerConfig): Initializer {
  return isPlain(config) ? normal(config.initializerRange) : xavierUniform;
}

const transformerConfigFile = configFile<TransformerConfig>('marian', {
  fields: {
    vocabularySize: count('vocab_size', 58101),
    contextLength: count('max_position_embeddings', 1024),
    hiddenSize: count('d_model', 1024),
    encoderLayers: count('encoder_layers', 12),
    decoderLayers: count('decoder_layers', 12),
    encoderHeads: count('encoder_attention_heads', 16),
    decoderHeads: count('decoder_attention_heads', 16),
    encoderFeedForwardSize: count('encoder_ffn_dim', 4096),
    decoderFeedForwardSize: count('decoder_ffn_dim', 4096),
    activation: activationName('activation_function', 'gelu'),
    dropout: rate('dropout', 0.1),
    attentionDropout: rate('attention_dropout', 0),
    activationDropout: rate('activation_dropout', 0),
    scaleEmbedding: boolean('scale_embedding', false),
    initializerRange: number('init_std', 0.02),
    padTokenId: tokenId('pad_token_id', 58100),
    eosTokenId: tokenId('eos_token_id', 0),
    decoderStartTokenId: tokenId('decoder_start_token_id', 58100),
  },
  only: {
    is_encoder_decoder: true,
    normalize_before: false,
    normalize_embedding: false,
    add_final_layer_norm: false,
    static_position_embeddings: true,
    share_encoder_decoder_embeddings: true,
    tie_word_embeddings: true,
  },
  // What training dropped of layers, sizes said twice, and what generation wants.
  ignored:
    /^((en|de)coder_layerdrop|classif(ier_dropout|_dropout)|num_hidden_layers|decoder_vocab_size|extra_pos_embeddings|add_bias_logits|bos_token_id)$/,
});

/**
 * The Transformer: builds a model from a config, and says how checkpoints are read and written: as Marian's.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { tensor2d } from '@tensorflow/tfjs-core';
 * import { transformer, transformerBase } from '@tenon/models';
 *
 * const sizes = { encoderLayers: 2, decoderLayers: 2, encoderFeedForwardSize: 64, decoderFeedForwardSize: 64 };
 * using model = transformer({ ...transformerBase, ...sizes, vocabularySize: 100, hiddenSize: 32 });
 * const { lastHidden: hidden } = model.encode({ inputIds: tensor2d([[5, 7, 9]], [1, 3], 'int32') });
 * const decoded = model.decode({ inputIds: tensor2d([[0, 8]], [1, 2], 'int32') }, { hidden });
 * console.log(decoded.lastHidden.shape); // [ 1, 2, 32 ]
 * ```
 */
export const transformer: ModelSpec<TransformerConfig, Transformer> = defineModel(
  (config: TransformerConfig, options: BuildOptions = {}) =>
    new Transformer(config, options.random ?? new RandomStream(42)),
  {
    modelType: 'marian',
    architecture: 'MarianModel',
    prefix: 'model.',
    outside: /^final_logits_bias$/,
    optional: /^final_logits_bias$/,
    tasks: { seq2seqLM: { architecture: 'MarianMTModel', head: {} } },
    ...transformerConfigFile,

    /** Leaves out the copies of the embeddings and the table of sinusoids. Checkpoints have the bias as a row [1, V]. */
    sanitize: (weights: StateDict) =>
      reshapedBias(
        [...weights].filter(
          ([name]) => !/^(lm_head\.weight|(en|de)coder\.embed_(tokens|positions)\.weight)$/.test(name),
        ),
        (size) => [size],
      ),
    unsanitize: (weights: StateDict) => reshapedBias([...weights], (size) => [1, size]),
  },
);

/** The weights, with another shape for the bias of the scores where it is among them. */
function reshapedBias(
  weights: readonly (readonly [name: string, stored: StoredTensor])[],
  shapeOf: (size: number) => number[],
): StateDict {
  return new Map(
    weights.map(([name, stored]) => {
      const { shape } = stored;
      const size = shape.at(-1) ?? 1;
      const isBias = name === 'final_logits_bias' && shape.every((length) => length === size || length === 1);
      return [name, isBias ? { ...stored, shape: shapeOf(size), read: () => stored.read() } : stored];
    }),
  );
}
