// transformer-xl.ts: Transformer-XL (Dai et al. 2019), "Attentive Language Models Beyond a Fixed-Length Context".
// Beside it: its configuration and sizes (-config), its layers (-layer, -attention), how files are read and written (-checkpoint).
// B batch, T time, M memory, S = M + T keys, N = B·T tokens, C channels, H heads, D head size, L layers, V vocabulary.

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
  type Parameter,
  parameter,
  RandomStream,
  type RecurrentState,
  TenonError,
  zeros,
} from '@tenon/core';
import {
  AdaptiveEmbedding,
  AdaptiveSoftmax,
  dropout,
  MASKED,
  relativeDistances,
  SegmentMemory,
  sinusoids,
  tokenMask,
} from '@tenon/layers';
import {
  add,
  concat,
  type Rank,
  reshape,
  slice,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tensor2d,
  tensor4d,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { checkInput } from './check-input.ts';
import {
  AbsoluteAttention,
  type LearnedDistances,
  LearnedRelativeAttention,
  type Pass,
  RelativeAttention,
  type SharedBiases,
} from './transformer-xl-attention.ts';
import { formatConfig, parseConfig, sanitize, unsanitize } from './transformer-xl-checkpoint.ts';
import { assertConfig, drawn, type TransformerXLConfig } from './transformer-xl-config.ts';
import { type Attention, Layer } from './transformer-xl-layer.ts';

export {
  type TransformerXLConfig,
  type TransformerXLPositions,
  transformerXLBillionWords,
  transformerXLEnwik8,
  transformerXLEnwik8Large,
  transformerXLText8,
  transformerXLText8Large,
  transformerXLWikiText103Base,
  transformerXLWikiText103Large,
} from './transformer-xl-config.ts';

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
  /**
   * An empty memory; absent where `memoryLength` is 0. It lets old tokens go, so that there is no end to a text; only
   * where `capacity` is below `memoryLength`, it has room for just so many.
   */
  readonly initialState?: (batchSize: number, capacity?: number) => SegmentMemory;
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
    if (memoryLength > 0) {
      this.initialState = (batchSize, capacity) =>
        new SegmentMemory({
          layers: L,
          batchSize,
          size: C,
          memoryLength,
          ...(capacity === undefined ? {} : { capacity }),
        });
    }
  }

  get scorer(): AdaptiveSoftmax {
    return this.crit;
  }

  /** @throws {TenonError} about shapes, ids outside of the vocabulary, and a state that is not this model's. */
  encode(input: ModelInput, options: EncodeOptions = {}): Encoded {
    const memory = this.#memoryOf(options.state);
    const { contextLength = Number.POSITIVE_INFINITY } = this;
    const { batch, time } = checkInput(input, { ...this.config, contextLength }, memory);
    memory?.assertRoom(time);
    const shape: [number, number, number] = [batch, time, this.hiddenSize];

    const { hidden, states, attentions } = tidy(() => {
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
        hidden,
        states: options.hiddenStates ? [...read.slice(0, -1), hidden] : [],
        attentions: options.attentions
          ? pass.attentions.map((weights) => transpose(weights, [1, 0, 2, 3])) // [B, H, T, S]
          : [],
      };
    });
    return {
      lastHidden: hidden,
      ...(options.hiddenStates ? { hiddenStates: states } : {}),
      ...(options.attentions ? { attentions } : {}),
      ...(memory ? { state: memory } : {}),
    };
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
        this.initialState === undefined
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
 * using state = model.initialState!(1); // a memory for one text
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
