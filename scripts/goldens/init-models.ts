// The models of the tables of first weights, by the tables' names: a line here for each implementation.
import type { Backbone, ModelSpec, Parameter } from '@tenon/core';
import { gpt, gpt2, gpt2Small, gptBase } from '@tenon/models';

/** The shapes of a table's parameters, from which sizes are read. */
export interface InitTable {
  readonly name: string;
  /** A dimension of a parameter. @throws {TenonError} when the table has no such parameter. */
  size(parameter: string, axis: number): number;
  /** One more than the largest number that stands in a pattern's place: how many layers there are. */
  count(pattern: RegExp): number;
}

/** A new model of a table's sizes. */
export interface InitModel {
  /** Its parameters under the table's names. */
  readonly parameters: ReadonlyMap<string, Parameter>;
  dispose(): void;
}

/** The tables' names, and what builds their model. */
export const INIT_MODELS: readonly (readonly [tables: RegExp, make: (table: InitTable) => InitModel])[] = [
  [/^nanoGPT_/, (table) => prefixed(gpt2, { ...gpt2Small, ...gpt2Sizes(table), initialization: 'paper' })],
  [/^hf\d+_GPT2/, (table) => prefixed(gpt2, { ...gpt2Small, ...gpt2Sizes(table), initialization: 'plain' })],
  [
    /^hf\d+_OpenAIGPT/,
    (table) => prefixed(gpt, { ...gptBase, ...decoderSizes(table, 'tokens_embed', 'positions_embed') }),
  ],
];

/** A backbone whose parameters stand behind its prefix. */
function prefixed<Config, Body extends Backbone>(spec: ModelSpec<Config, Body>, config: Config): InitModel {
  const backbone = spec(config);
  return {
    parameters: new Map([...backbone.parameters()].map(([path, value]) => [spec.prefix + path, value])),
    dispose: () => backbone.dispose(),
  };
}

const gpt2Sizes = (table: InitTable) => decoderSizes(table, 'wte', 'wpe');

/** The heads do not matter to first weights. */
function decoderSizes(table: InitTable, tokens: string, positions: string) {
  // A name may say how many layers there are where only some are listed: nanoGPT_L8_d256.
  const named = /_L(\d+)/.exec(table.name)?.[1];
  return {
    vocabularySize: table.size(`transformer.${tokens}.weight`, 0),
    contextLength: table.size(`transformer.${positions}.weight`, 0),
    hiddenSize: table.size(`transformer.${tokens}.weight`, 1),
    layers: named === undefined ? table.count(/^transformer\.h\.(\d+)\./) : Number(named),
    heads: 1,
  };
}
