// What GPT, GPT-2 and GPT-3 are made of: masked self-attention, the feed-forward layer, and a pass through the blocks.
// B batch, T new tokens, S slots of the cache, N = B·T, C channels, H heads, D = C / H.

import {
  type Encoded,
  type EncodeOptions,
  type Initializer,
  type ModelInput,
  Module,
  normal,
  type RandomStream,
  TenonError,
} from '@tenon/core';
import {
  type Activation,
  type ActivationName,
  activation,
  attend,
  Conv1D,
  dropout,
  type Embedding,
  KeyValueCache,
  type LayerNorm,
  mergeHeads,
  newTokensMask,
  pastWindowMask,
  positionsFrom,
  splitQueriesKeysValues,
} from '@tenon/layers';
import { add, type Rank, reshape, type Tensor2D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { checkInput } from './check-input.ts';

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
  const shape: [number, number, number] = [batch, time, config.hiddenSize];

  const { hidden, states, attentions } = tidy(() => {
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
    const hidden = reshape<Rank.R3>(norm?.forward(x) ?? x, shape); // [B, T, C]
    return {
      hidden,
      states: options.hiddenStates
        ? [...states.slice(0, -1).map((s) => reshape<Rank.R3>(s, shape)), hidden]
        : [],
      attentions: options.attentions ? attentions : [],
    };
  });
  return {
    lastHidden: hidden,
    ...(options.hiddenStates ? { hiddenStates: states } : {}),
    ...(options.attentions ? { attentions } : {}),
    ...(cache ? { state: cache } : {}),
  };
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

/** @throws {TenonError} when the heads do not share the channels evenly. */
export function assertHeads(model: string, { hiddenSize, heads }: DecoderConfig): void {
  if (hiddenSize % heads === 0) return;
  throw new TenonError({
    subject: `${model} heads`,
    expected: `a divisor of hiddenSize ${hiddenSize}`,
    got: String(heads),
    advice: 'Change one of the two in the config.',
  });
}
