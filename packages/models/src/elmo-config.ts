// The configuration of ELMo, its presets, and how both are written as bilm's options.json.

import { type Json, TenonError } from '@tenon/core';
import type { CharCNNActivation } from '@tenon/layers';
import { boolean, configFile, count, rate } from './config-file.ts';

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
export const elmoConfigFile: {
  parseConfig(json: Json): ELMoConfig;
  formatConfig(config: ELMoConfig): { [key: string]: Json };
} = {
  parseConfig: (json) => flatConfigFile.parseConfig(withDottedKeys(json)),
  formatConfig: (config) => withObjects(flatConfigFile.formatConfig(config)),
};
