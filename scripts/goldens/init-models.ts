// The models of the tables of first weights, by the tables' names: a line here for each implementation.
import type { Backbone, ModelSpec, Parameter } from '@tenon/core';
import { Pretraining } from '@tenon/heads';
import {
  bert,
  bertBase,
  gpt,
  gpt2,
  gpt2Small,
  gptBase,
  type TransformerXLConfig,
  transformerXL,
  transformerXLEnwik8,
} from '@tenon/models';
import { checkpointParameters } from './hugging-face/model-class.ts';

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
  [/^hf\d+_TransfoXL/, (table) => prefixed(transformerXL, transformerXLOf(table))],
  [
    /^hf\d+_BertForPreTraining/,
    (table) => {
      const model = new Pretraining(bert({ ...bertBase, ...bertSizes(table), initialization: 'plain' }));
      return { parameters: checkpointParameters(bert, model), dispose: () => model.dispose() };
    },
  ],
];

/** A backbone whose parameters stand behind its prefix, but for those that stand beside it. */
function prefixed<Config, Body extends Backbone>(spec: ModelSpec<Config, Body>, config: Config): InitModel {
  const backbone = spec(config);
  return {
    parameters: new Map(
      [...backbone.parameters()].map(([path, value]) => [
        spec.outside?.test(path) === true ? path : spec.prefix + path,
        value,
      ]),
    ),
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

/** The table lists its first layer, and of another the biases: each has its own. */
function transformerXLOf(table: InitTable): TransformerXLConfig {
  const clusters = Array.from(
    { length: table.count(/^transformer\.word_emb\.emb_layers\.(\d+)\./) },
    (_, i) => `transformer.word_emb.emb_layers.${i}.weight`,
  );
  const ends = clusters.map((_, i) =>
    clusters.slice(0, i + 1).reduce((sum, name) => sum + table.size(name, 0), 0),
  );
  const [size, next] = clusters.map((name) => table.size(name, 1));
  return {
    ...transformerXLEnwik8,
    vocabularySize: ends.at(-1)!,
    cutoffs: ends.slice(0, -1),
    hiddenSize: size!,
    embeddingSize: size!,
    embeddingDivisor: size! / next!,
    layers: table.count(/^transformer\.layers\.(\d+)\./),
    heads: table.size('transformer.layers.0.dec_attn.r_w_bias', 0),
    headSize: table.size('transformer.layers.0.dec_attn.r_w_bias', 1),
    feedForwardSize: table.size('transformer.layers.0.pos_ff.CoreNet.0.weight', 0),
    untieBiases: true,
    tieProjections: clusters.map((_, i) => i > 0),
  };
}

function bertSizes(table: InitTable) {
  const embeddings = 'bert.embeddings';
  return {
    vocabularySize: table.size(`${embeddings}.word_embeddings.weight`, 0),
    contextLength: table.size(`${embeddings}.position_embeddings.weight`, 0),
    typeVocabularySize: table.size(`${embeddings}.token_type_embeddings.weight`, 0),
    hiddenSize: table.size(`${embeddings}.word_embeddings.weight`, 1),
    feedForwardSize: table.size('bert.encoder.layer.0.intermediate.dense.weight', 0),
    layers: table.count(/^bert\.encoder\.layer\.(\d+)\./),
    heads: 1,
  };
}
