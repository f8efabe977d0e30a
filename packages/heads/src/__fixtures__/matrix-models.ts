// A tiny one of every model.
import { type Backbone, type ModelInput, RandomStream } from '@tenon/core';
import { MixedLayers } from '@tenon/layers';
import {
  bert,
  bertTiny,
  elmo,
  elmoSmall,
  gpt,
  gpt2,
  gpt2Small,
  gpt3,
  gpt3Small,
  gptBase,
  llama,
  llama3_8B,
  transformerXL,
  transformerXLEnwik8,
} from '@tenon/models';
import { type Tensor2D, tensor3d } from '@tensorflow/tfjs-core';
import { int32, type Text } from './matrix-text.ts';

export interface ModelRow {
  readonly name: string;
  /** A tiny model with a vocabulary of 11. @param pools whether the head asks for one vector of the whole text. */
  make(pools: boolean): Backbone;
  /** What heads can build on. */
  readonly has: readonly Need[];
  /** Whether padding may stand before the text. */
  readonly leftPadding: boolean;
  /** @default `inputIds`, `attentionMask` and `positionIds` */
  readonly input?: (text: Text) => ModelInput;
  readonly zeroGradient?: RegExp;
}

export type Need = 'scorer' | 'tokenEmbedding';

const random = () => ({ random: new RandomStream(1) });

const sizes = {
  vocabularySize: 11,
  contextLength: 8,
  hiddenSize: 8,
  layers: 1,
  heads: 2,
  feedForwardSize: 12,
  initializerRange: 0.3,
};
const decoder = { has: ['scorer', 'tokenEmbedding'], leftPadding: true } as const;

function tinyELMo(): Backbone {
  const filters = [[2, 6]] as const;
  const config = { ...elmoSmall, maxCharacters: 5, characterEmbeddingSize: 3, filters };
  return elmo({ ...config, layers: 1, cellSize: 6, projectionSize: 4 }, random());
}
/** What models that read the characters of words have in common. */
const words: Omit<ModelRow, 'name' | 'make'> = {
  has: [],
  leftPadding: false,
  input: ({ ids, mask }) => ({
    characterIds: tensor3d(
      ids.map((row) => row.map((word) => [259, 98 + word, 120 - 2 * word, 260, 261])),
      undefined,
      'int32',
    ),
    attentionMask: int32(mask) as Tensor2D,
  }),
};

export const models: readonly ModelRow[] = [
  {
    name: 'BERT',
    make: (pooler) => bert({ ...bertTiny, ...sizes, pooler }, random()),
    has: ['tokenEmbedding'],
    leftPadding: false, // what is pooled comes from the first place
    zeroGradient: /attention\.self\.key\.bias$/, // it adds the same to every score of a query
  },
  { name: 'GPT', make: () => gpt({ ...gptBase, ...sizes }, random()), ...decoder },
  { name: 'GPT-2', make: () => gpt2({ ...gpt2Small, ...sizes }, random()), ...decoder },
  {
    name: 'GPT-3',
    make: () => gpt3({ ...gpt3Small, ...sizes, layers: 2, attentionWindow: 2 }, random()),
    ...decoder,
  },
  {
    name: 'Llama',
    make: () => llama({ ...llama3_8B, ...sizes, keyValueHeads: 1, tieWordEmbeddings: true }, random()),
    ...decoder,
  },
  {
    name: 'Transformer-XL',
    make: () => {
      const projectionInitializerRange = 0.3;
      const config = { ...transformerXLEnwik8, ...sizes, embeddingSize: 8, headSize: 3, memoryLength: 4 };
      return transformerXL({ ...config, projectionInitializerRange }, random());
    },
    has: ['scorer'],
    leftPadding: true,
    zeroGradient: /^backbone\.crit\./, // the softmax: no part of most heads
  },
  { name: 'ELMo', make: tinyELMo, ...words },
  {
    name: 'ELMo, its layers mixed',
    make: () => new MixedLayers(tinyELMo(), { layers: 2 }),
    ...words,
  },
];
