// elmo.ts: ELMo (Peters et al. 2018), "Deep contextualized word representations".
// B batch, T tokens, K characters of each, P projection: the size of one direction; C = 2P channels, L layers.

import {
  assertShape,
  type Backbone,
  type BuildOptions,
  defineModel,
  type Encoded,
  type EncodeOptions,
  formatShape,
  type HeadDefaults,
  type Json,
  lookAt,
  type ModelInput,
  type ModelSpec,
  Module,
  normal,
  RandomStream,
  type StateDict,
  TenonError,
  zeros as zeroValues,
} from '@tenon/core';
import {
  assertIds,
  CharCNN,
  type CharCNNActivation,
  dropout,
  Highway,
  Linear,
  LSTM,
  type LSTMCarry,
  LSTMState,
} from '@tenon/layers';
import {
  add,
  cast,
  concat,
  expandDims,
  mul,
  ones,
  type Rank,
  reshape,
  slice,
  sub,
  type Tensor2D,
  type Tensor3D,
  tensor2d,
  tidy,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import { boolean, configFile, count, rate } from './config-file.ts';
import { toAllenNLP, toOurs } from './elmo-weights.ts';
import { encodedOf } from './encoded.ts';

export { bilmWeights } from './elmo-weights.ts';

export interface ELMoConfig {
  /** How many character ids there are: bytes, marks, and 0 for padding. */
  readonly characters: number;
  /** Characters of each token, its marks of begin and end included. */
  readonly maxCharacters: number;
  readonly characterEmbeddingSize: number;
  /** Filters over the characters: pairs of width and count. */
  readonly filters: readonly (readonly [width: number, count: number])[];
  readonly activation: CharCNNActivation;
  readonly highways: number;
  readonly layers: number;
  /** Cells of an LSTM. */
  readonly cellSize: number;
  /** Output of an LSTM, and size of a token's vector: with as many as cells, nothing is projected. */
  readonly projectionSize: number;
  /** Cells are kept within ± this. @default no limit */
  readonly cellClip?: number;
  /** Projected outputs are kept within ± this. @default no limit */
  readonly projectionClip?: number;
  /** From the second layer on, a layer's input is added to its output. */
  readonly skipConnections: boolean;
  /** Dropout of each layer's input. */
  readonly dropout: number;
  /** Each row is a sentence: `<S>` and `</S>` are put around it, and taken off what comes out. */
  readonly sentenceBoundaries: boolean;
}

export const elmoOriginal: ELMoConfig = {
  characters: 262,
  maxCharacters: 50,
  characterEmbeddingSize: 16,
  filters: [
    [1, 32],
    [2, 32],
    [3, 64],
    [4, 128],
    [5, 256],
    [6, 512],
    [7, 1024],
  ],
  activation: 'relu',
  highways: 2,
  layers: 2,
  cellSize: 4096,
  projectionSize: 512,
  cellClip: 3,
  projectionClip: 3,
  skipConnections: true,
  dropout: 0.1,
  sentenceBoundaries: true,
};
export const elmoMedium: ELMoConfig = { ...elmoOriginal, highways: 1, cellSize: 2048, projectionSize: 256 };
export const elmoSmall: ELMoConfig = { ...elmoOriginal, highways: 1, cellSize: 1024, projectionSize: 128 };

/** A number above 0, or none. */
const limit = (key: string) => ({
  keys: [key],
  fallback: undefined,
  expected: 'a number above 0',
  accepts: (value: Json): boolean => typeof value === 'number' && value > 0,
});

const flatConfigFile = configFile<ELMoConfig>('elmo', {
  fields: {
    characters: count('char_cnn.n_characters', 262),
    maxCharacters: count('char_cnn.max_characters_per_token', 50),
    characterEmbeddingSize: count('char_cnn.embedding.dim', 16),
    filters: {
      keys: ['char_cnn.filters'],
      fallback: elmoOriginal.filters,
      expected: 'pairs of a width and a count',
      accepts: isFilters,
    },
    activation: {
      keys: ['char_cnn.activation'],
      fallback: 'relu',
      expected: 'relu or tanh',
      accepts: (value) => value === 'relu' || value === 'tanh',
    },
    highways: {
      keys: ['char_cnn.n_highway'],
      fallback: 0,
      expected: 'a whole number of at least 0',
      accepts: (value) => Number.isInteger(value) && (value as number) >= 0,
    },
    layers: count('lstm.n_layers', 1),
    cellSize: count('lstm.dim', 4096),
    projectionSize: count('lstm.projection_dim', 512),
    cellClip: limit('lstm.cell_clip'),
    projectionClip: limit('lstm.proj_clip'),
    skipConnections: boolean('lstm.use_skip_connections', false),
    dropout: rate('dropout', 0.1),
    sentenceBoundaries: boolean('sentence_boundaries', true),
  },
  only: { bidirectional: true, share_embedding_softmax: false },
  // How bilm trains.
  ignored:
    /^(all_clip_norm_val|batch_size|n_epochs|n_train_tokens|n_tokens_vocab|n_negative_samples_batch|sample_softmax|unroll_steps)$/,
});

function isFilters(value: Json): boolean {
  const isCount = (number: unknown): boolean => Number.isInteger(number) && (number as number) >= 1;
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(isCount))
  );
}

/** The objects of bilm's options.json, two deep, as one with keys such as `lstm.dim`. */
function withDottedKeys(json: Json): Json {
  if (!isObject(json)) return json;
  const { char_cnn, lstm, ...rest } = json;
  for (const [key, value] of Object.entries({ char_cnn, lstm })) {
    if (isObject(value)) continue;
    throw new TenonError({
      subject: `elmo config, ${key}`,
      expected: 'an object',
      got: JSON.stringify(value) ?? 'nothing',
      advice: "Pass bilm's options.json of a model that reads characters.",
    });
  }
  const flat: { [key: string]: Json } = rest;
  const flatten = (prefix: string, value: Json): void => {
    if (!isObject(value)) flat[prefix] = value;
    else for (const [key, inner] of Object.entries(value)) flatten(`${prefix}.${key}`, inner);
  };
  flatten('char_cnn', char_cnn!);
  flatten('lstm', lstm!);
  // What bilm writes when it trains, it asks to be changed afterwards: padding came as one more.
  if (flat['char_cnn.n_characters'] === 261) flat['char_cnn.n_characters'] = 262;
  return flat;
}

function withObjects(flat: { [key: string]: Json }): { [key: string]: Json } {
  const json: { [key: string]: Json } = {};
  for (const [path, value] of Object.entries(flat)) {
    const keys = path.split('.');
    let object = json;
    for (const key of keys.slice(0, -1)) {
      object[key] ??= {};
      object = object[key] as { [key: string]: Json }; // made here
    }
    object[keys.at(-1)!] = value;
  }
  return json;
}

const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** bilm's options.json, with `model_type`. */
const elmoConfigFile: {
  parseConfig(json: Json): ELMoConfig;
  formatConfig(config: ELMoConfig): { [key: string]: Json };
} = {
  parseConfig: (json) => flatConfigFile.parseConfig(withDottedKeys(json)),
  formatConfig: (config) => withObjects(flatConfigFile.formatConfig(config)),
};

/** Characters of a token to its vector: convolutions, highway layers, a projection where the size differs. */
class TokenEmbedder extends Module {
  readonly cnn: CharCNN;
  readonly highways: readonly Highway[];
  readonly projection?: Linear;

  constructor(config: ELMoConfig, random: RandomStream) {
    super();
    const { characters, characterEmbeddingSize: embeddingSize, filters, activation, projectionSize } = config;
    this.cnn = new CharCNN({ characters, embeddingSize, filters, activation, random });
    const size = this.cnn.outputSize;
    this.highways = Array.from({ length: config.highways }, () => new Highway(size, { random }));
    if (size !== projectionSize) {
      const weight = normal(1 / Math.sqrt(size));
      this.projection = new Linear(size, projectionSize, { random, weight, bias: zeroValues });
    }
  }

  /** int32 [N, K] to [N, P]. */
  forward(characterIds: Tensor2D): Tensor2D {
    let x = this.cnn.forward(characterIds) as Tensor2D; // [N, filters]
    for (const highway of this.highways) x = highway.forward(x);
    return this.projection?.forward(x) ?? x;
  }
}

/** The LSTMs of both directions, which only share their input. */
class BidirectionalLSTM extends Module {
  readonly forward_layers: readonly LSTM[];
  readonly backward_layers: readonly LSTM[];
  readonly #config: ELMoConfig;

  constructor(config: ELMoConfig, random: RandomStream) {
    super();
    const { cellSize, projectionSize: P, cellClip, projectionClip } = config;
    const layer = (): LSTM =>
      new LSTM(P, cellSize, {
        random,
        ...(P !== cellSize && { projectionSize: P }),
        ...(cellClip !== undefined && { cellClip }),
        ...(projectionClip !== undefined && { projectionClip }),
      });
    this.forward_layers = Array.from({ length: config.layers }, layer);
    this.backward_layers = Array.from({ length: config.layers }, layer);
    this.#config = config;
  }

  /** [T, B, P] to the outputs of every layer, L tensors [T, B, 2P], and where its LSTMs stand then. */
  forward({ x, mask }: Rows, carries: readonly LSTMCarry[] | undefined, options: EncodeOptions): Outputs {
    const ends: LSTMCarry[] = [];
    const directions = [this.forward_layers, this.backward_layers].map((layers, direction) => {
      let current = x;
      return layers.map((lstm, i) => {
        const input = dropout(current, this.#config.dropout, options);
        const initial = carries?.[ends.length];
        const { outputs, final } = lstm.forward(input, {
          backward: direction === 1,
          ...(mask && { mask }),
          ...(initial && { initial }),
        });
        ends.push(final);
        current = this.#config.skipConnections && i > 0 ? add(outputs, input) : outputs;
        return current;
      });
    });
    const [forward, backward] = directions as [Tensor3D[], Tensor3D[]];
    return { layers: forward.map((states, i) => concat([states, backward[i]!], 2)), ends };
  }

  /** In the order of the carries. */
  get lstms(): readonly LSTM[] {
    return [...this.forward_layers, ...this.backward_layers];
  }
}

interface Outputs {
  readonly layers: readonly Tensor3D[];
  readonly ends: readonly LSTMCarry[];
}

/**
 * ELMo without a head: characters to a vector for each token, then LSTMs over the sentence in both directions.
 *
 * It takes `characterIds` or, in their place, vectors of tokens as `inputEmbeds` [B, T, P], with `attentionMask`. Where
 * there is padding the output is 0. `hiddenStates` are the tokens' vectors twice over, then the outputs of every
 * layer, forward and backward: a task mixes them by `MixedLayers`. Built by `elmo(config)`.
 */
export class ELMo extends Module implements Backbone {
  readonly token_embedder: TokenEmbedder;
  readonly lstm: BidirectionalLSTM;
  readonly config: ELMoConfig;
  readonly hiddenSize: number;
  /** As AllenNLP's module for tasks has it. */
  readonly headDefaults: HeadDefaults = { pooling: 'mean', dropout: 0.5 };

  constructor(config: ELMoConfig, random: RandomStream) {
    super();
    this.token_embedder = new TokenEmbedder(config, random);
    this.lstm = new BidirectionalLSTM(config, random);
    this.config = config;
    this.hiddenSize = 2 * config.projectionSize;
  }

  /**
   * With a state, each row goes on where the batch before left it, in both directions, as the original does.
   *
   * @throws {TenonError} about shapes, ids that are none, and masks with padding before a token.
   */
  encode(input: ModelInput, options: EncodeOptions = {}): Encoded {
    const state = LSTMState.from(options.state);
    const { batch, time } = this.#checked(input);
    const states = tidy(() => {
      const carries = state?.carries(batch);
      const mask = input.attentionMask && (transpose(input.attentionMask) as Tensor2D); // [T, B]
      const rows = this.#rows(input, mask);
      const { layers, ends } = this.lstm.forward(rows, carries, options);
      state?.advance(time, ends);
      const wanted = options.hiddenStates ? [concat([rows.x, rows.x], 2), ...layers] : layers.slice(-1);
      return wanted.map((states) => this.#tokensOf(states, time, mask));
    });
    return encodedOf({ states, state }, options);
  }

  /** A state for batches of up to `batchSize` rows. It has room for any number of tokens. */
  initialState(batchSize: number, _capacity?: number): LSTMState {
    return new LSTMState({ batchSize, lstms: this.lstm.lstms });
  }

  /** Vectors of the tokens, with those of the boundaries around each sentence where the config says so. */
  #rows(input: ModelInput, mask: Tensor2D | undefined): Rows {
    const { maxCharacters: K, projectionSize: P, sentenceBoundaries } = this.config;
    const boundaries = sentenceBoundaries
      ? [boundaryToken(SENTENCE_BEGIN, K), boundaryToken(SENTENCE_END, K)]
      : [];
    const given = input.characterIds && reshape<Rank.R2>(input.characterIds, [-1, K]); // [B·T, K]
    const read = [...(given ? [given] : []), ...boundaries];
    const vectors = read.length > 0 ? this.token_embedder.forward(concat(read)) : undefined; // [B·T + 2, P]
    const tokens = given ? slice(vectors!, 0, given.shape[0]) : input.inputEmbeds!;
    const [B, T] = (input.characterIds ?? input.inputEmbeds)!.shape;
    const x = transpose<Tensor3D>(reshape(tokens, [B, T, P]), [1, 0, 2]); // [T, B, P]
    const present = mask ? expandDims<Tensor3D>(cast(mask, 'float32'), 2) : ones<Rank.R3>([T, B, 1]);
    const shown = mask ? mul<Tensor3D>(x, present) : x;
    if (!sentenceBoundaries) return { x: shown, mask };

    // A row of n tokens has its end at n + 1; one of none stays empty.
    const [begin, end] = [-2, -1].map((row) => slice(vectors!, vectors!.shape[0] + row, 1)); // [1, P]
    const any = slice(present, 0, 1);
    const filled = concat([any, any, present]); // [T + 2, B, 1]
    const isEnd = sub(filled, concat([any, present, zeros([1, B, 1])]));
    const around = add(concat([mul<Tensor3D>(any, begin!), shown, zeros([1, B, P])]), mul(isEnd, end!));
    return { x: around as Tensor3D, mask: mask && cast(reshape<Rank.R2>(filled, [T + 2, B]), 'int32') };
  }

  /** [T, B, C] with boundaries or without to [B, T, C] of the tokens, 0 where there is padding. */
  #tokensOf(states: Tensor3D, time: number, mask: Tensor2D | undefined): Tensor3D {
    const tokens = this.config.sentenceBoundaries ? slice(states, 1, time) : states;
    const shown = mask ? mul(tokens, expandDims(cast(mask, 'float32'), 2)) : tokens;
    return transpose<Tensor3D>(shown as Tensor3D, [1, 0, 2]);
  }

  #checked({ characterIds, inputEmbeds, attentionMask }: ModelInput): { batch: number; time: number } {
    const { characters, maxCharacters, projectionSize, sentenceBoundaries } = this.config;
    if ((characterIds === undefined) === (inputEmbeds === undefined)) {
      throw new TenonError({
        subject: 'ELMo input',
        expected: 'either characterIds or inputEmbeds',
        got: characterIds === undefined ? 'neither' : 'both',
        advice: 'Pass the characters of each token: elmoCharacterIds(words) of @tenon/tokenizers makes them.',
      });
    }
    if (characterIds !== undefined) {
      const advice = `Pass ${maxCharacters} ids for each token, as elmoCharacterIds makes them.`;
      assertShape('character ids', characterIds.shape, ['B', 'T', maxCharacters], advice);
      assertIds('character ids', characterIds, characters, advice);
    } else {
      const advice = 'Pass a vector of the projection size for each token.';
      assertShape('input embeddings', inputEmbeds!.shape, ['B', 'T', projectionSize], advice);
    }
    const [batch, time] = (characterIds ?? inputEmbeds)!.shape as [number, number, number];
    if (batch * time === 0) {
      throw new TenonError({
        subject: 'ELMo input',
        expected: 'at least one token',
        got: formatShape([batch, time]),
        advice: 'Leave out empty batches.',
      });
    }
    if (attentionMask !== undefined) {
      const advice = 'Pass 1 for each token and 0 for padding.';
      assertShape('attention mask', attentionMask.shape, [batch, time], advice);
      if (sentenceBoundaries) assertPaddingLast(attentionMask);
    }
    return { batch, time };
  }
}

/** What the LSTMs read. */
interface Rows {
  /** [T, B, P], 0 where there is padding. */
  readonly x: Tensor3D;
  /** int32 [T, B] */
  readonly mask: Tensor2D | undefined;
}

// bilm's ids of what is no byte of a word, moved by one for padding. A boundary is a word of one such character.
const SENTENCE_BEGIN = 257;
const SENTENCE_END = 258;
const WORD_BEGIN = 259;
const WORD_END = 260;
const AFTER_WORD = 261;

/** int32 [1, K] */
function boundaryToken(id: number, maxCharacters: number): Tensor2D {
  const ids = new Int32Array(maxCharacters).fill(AFTER_WORD);
  ids.set([WORD_BEGIN, id, WORD_END]);
  return tensor2d(ids, [1, maxCharacters], 'int32');
}

function assertPaddingLast(attentionMask: Tensor2D): void {
  const [, time] = attentionMask.shape;
  lookAt(attentionMask, (values) => {
    for (let i = 1; i < values.length; i++) {
      if (i % time === 0 || values[i]! <= values[i - 1]!) continue;
      throw new TenonError({
        subject: 'attention mask',
        expected: 'padding after the tokens of a sentence only',
        got: `padding before token ${i % time} of row ${Math.floor(i / time)}`,
        advice: 'Pad on the right: the end of the sentence is put behind its last token.',
      });
    }
  });
}

/**
 * ELMo: builds a model from a config, and says how checkpoints are read and written.
 *
 * Its `config.json` is bilm's options.json. Weights are saved under AllenNLP's names; those of bilm are read as well.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { tensor3d } from '@tensorflow/tfjs-core';
 * import { elmo, elmoSmall } from '@tenon/models';
 * import { elmoCharacterIds } from '@tenon/tokenizers';
 *
 * using model = elmo({ ...elmoSmall, filters: [[1, 4], [3, 8]], cellSize: 16, projectionSize: 8 });
 * const characterIds = tensor3d([elmoCharacterIds(['Deep', 'contextualized', 'words'])], undefined, 'int32');
 * const { lastHidden } = model.encode({ characterIds });
 * console.log(lastHidden.shape); // [ 1, 3, 16 ]
 * ```
 */
export const elmo: ModelSpec<ELMoConfig, ELMo> = defineModel(
  (config: ELMoConfig, options: BuildOptions = {}) =>
    new ELMo(config, options.random ?? new RandomStream(42)),
  {
    modelType: 'elmo',
    architecture: 'ElmoModel',
    prefix: 'elmo.',
    tasks: {
      bidirectionalLM: {
        architecture: 'ElmoForBidirectionalLM',
        head: {},
        config: { sentenceBoundaries: false }, // a text goes on from row to row, with boundaries among its tokens
      },
      sequenceClassification: { architecture: 'ElmoForSequenceClassification', head: {} },
      tokenClassification: { architecture: 'ElmoForTokenClassification', head: {} },
      questionAnswering: { architecture: 'ElmoForQuestionAnswering', head: {} },
    },
    ...elmoConfigFile,
    sanitize: (weights: StateDict, config: ELMoConfig) => toOurs(weights, config),
    unsanitize: toAllenNLP,
  },
);
