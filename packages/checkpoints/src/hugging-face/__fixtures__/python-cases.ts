// A tiny model of every kind that transformers has too, and what both compute from the same inputs.
import type { Backbone } from '@tenon/core';
import {
  CausalLM,
  DoubleHeads,
  MaskedLM,
  MultipleChoice,
  NextSentence,
  Pretraining,
  QuestionAnswering,
  Seq2SeqLM,
  SequenceClassification,
  TokenClassification,
} from '@tenon/heads';
import {
  type BertConfig,
  bert,
  bertTiny,
  type GPT2Config,
  type GPTConfig,
  gpt,
  gpt2,
  gpt2Small,
  gptBase,
  type LlamaConfig,
  llama,
  llama3_8B,
  llama32_1B,
  transformer,
  transformerBase,
} from '@tenon/models';
import { type Rank, reshape, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { backbone, type Case, type Compute, task } from './python-case.ts';

const evaluation = { training: false };

const TEXT = {
  input_ids: [
    [3, 5, 7, 9, 2],
    [4, 6, 8, 0, 0],
  ],
  attention_mask: [
    [1, 1, 1, 1, 1],
    [1, 1, 1, 0, 0],
  ],
};
const PAIR = {
  ...TEXT,
  token_type_ids: [
    [0, 0, 0, 1, 1],
    [0, 1, 1, 0, 0],
  ],
};
/** One question, two choices. */
const CHOICES = { input_ids: [TEXT.input_ids], attention_mask: [TEXT.attention_mask], labels: [1] };
const NEXT_WORDS = {
  labels: [
    [3, 5, 7, 9, 2],
    [4, 6, 8, -100, -100],
  ],
};
const MASKED_WORDS = {
  labels: [
    [-100, 8, -100, 1, -100],
    [7, -100, -100, -100, -100],
  ],
};
const TAGS = {
  labels: [
    [-100, 2, 1, 0, -100],
    [0, 1, -100, -100, -100],
  ],
};
const SPANS = { start_positions: [1, 0], end_positions: [3, 2] };
const LABELS = ['no', 'maybe', 'yes'];

/** The three problems that a classifier of texts can have. */
const CLASSIFICATIONS = [
  ['one label of several', { labels: LABELS }, { labels: [2, 0] }],
  ['regression', { labels: ['score'], problemType: 'regression' }, { labels: [[0], [3]] }],
  [
    'several labels at once',
    { labels: LABELS, problemType: 'multiLabelClassification' },
    {
      labels: [
        [1, 0, 1],
        [0, 0, 1],
      ],
    },
  ],
] as const;

const sizes = {
  vocabularySize: 30,
  hiddenSize: 16,
  layers: 2,
  heads: 4,
  contextLength: 20,
  initializerRange: 0.3,
};
const bertConfig: BertConfig = { ...bertTiny, ...sizes, feedForwardSize: 24 };
const gptConfig: GPTConfig = { ...gptBase, ...sizes };
const gpt2Config: GPT2Config = { ...gpt2Small, ...sizes, bosTokenId: 1, eosTokenId: 2 };
const llamaConfig: LlamaConfig = {
  ...llama3_8B,
  ...sizes,
  keyValueHeads: 2,
  feedForwardSize: 24,
  bosTokenId: 1,
  eosTokenId: 2,
};
const transformerConfig = {
  ...transformerBase,
  vocabularySize: 30,
  hiddenSize: 16,
  contextLength: 20,
  encoderLayers: 1,
  decoderLayers: 2,
  encoderHeads: 2,
  decoderHeads: 4,
  encoderFeedForwardSize: 24,
  decoderFeedForwardSize: 20,
};

/** Logits and the loss, as most heads have them. */
const logitsAndLoss: Compute<
  CausalLM | MaskedLM | NextSentence | TokenClassification | SequenceClassification
> = (model, { input, int32 }) => {
  const labels = int32<Tensor1D & Tensor2D>('labels'); // of the rank that the head wants
  const { loss } = model.loss({ ...input, labels }, evaluation);
  return { logits: model.logits(input), loss };
};
const spanLogits: Compute<QuestionAnswering> = (model, { input, int32 }) => {
  const [startPositions, endPositions] = [
    int32<Tensor1D>('start_positions'),
    int32<Tensor1D>('end_positions'),
  ];
  const { start, end } = model.logits(input);
  const { loss } = model.loss({ ...input, startPositions, endPositions }, evaluation);
  return { start_logits: start, end_logits: end, loss };
};
const doubleLogits: Compute<DoubleHeads> = (model, { input, int32 }) => {
  const batch = {
    ...input,
    choices: 2,
    extractIndices: reshape<Rank.R1>(int32('mc_token_ids'), [-1]),
    labels: int32<Tensor1D>('mc_labels'),
    lmLabels: reshape<Rank.R2>(int32('labels'), [2, -1]),
  };
  const { lm, choices } = model.logits(batch);
  const { parts } = model.loss(batch, evaluation);
  return { logits: lm, mc_logits: choices, loss: parts!['lm']!, mc_loss: parts!['choices']! };
};
// Without a mask, which GPT's double heads do not lay out as the ids; what stands before the padding is the same.
const DOUBLE = {
  input_ids: CHOICES.input_ids,
  labels: [NEXT_WORDS.labels],
  mc_token_ids: [[4, 2]],
  mc_labels: [1],
};

const classification = { task: SequenceClassification, compute: logitsAndLoss };
const causal = { task: CausalLM, head: {}, inputs: { ...TEXT, ...NEXT_WORDS }, compute: logitsAndLoss };
const tags = {
  task: TokenClassification,
  head: { labels: LABELS },
  inputs: { ...TEXT, ...TAGS },
  compute: logitsAndLoss,
};
const spans = { task: QuestionAnswering, head: {}, inputs: { ...TEXT, ...SPANS }, compute: spanLogits };
const double = { task: DoubleHeads, head: {}, inputs: DOUBLE, compute: doubleLogits };
const hidden: Compute<Backbone> = (model, { input }) => ({
  last_hidden_state: model.encode(input).lastHidden,
});
/** Of every decoder: one classifier will do. */
const [[, labelled, labels]] = CLASSIFICATIONS;
const decoderClassification = { ...classification, head: labelled, inputs: { ...TEXT, ...labels } };

const bertCases: readonly Case[] = [
  backbone(bert, bertConfig, PAIR, (model, { input }) => {
    const { lastHidden, pooled } = model.encode(input);
    return { last_hidden_state: lastHidden, pooler_output: pooled! };
  }),
  task({
    spec: bert,
    config: { ...bertConfig, activation: 'relu' as const, layerNormEpsilon: 1e-3 },
    task: MaskedLM,
    head: {},
    inputs: { ...PAIR, ...MASKED_WORDS },
    compute: logitsAndLoss,
  }),
  task({
    spec: bert,
    config: bertConfig,
    task: NextSentence,
    head: {},
    inputs: { ...PAIR, labels: [1, 0] },
    compute: logitsAndLoss,
  }),
  task({
    spec: bert,
    config: bertConfig,
    task: Pretraining,
    head: {},
    inputs: { ...PAIR, ...MASKED_WORDS, next_sentence_label: [0, 1] },
    compute: (model, { input, int32 }) => {
      const nextSentenceLabels = int32<Tensor1D>('next_sentence_label');
      const batch = { ...input, labels: int32<Tensor2D>('labels'), nextSentenceLabels };
      const { maskedLM, nextSentence } = model.logits(input);
      const { loss } = model.loss(batch, evaluation);
      return { prediction_logits: maskedLM, seq_relationship_logits: nextSentence, loss };
    },
  }),
  ...CLASSIFICATIONS.map(([variant, head, labels]) =>
    task({
      ...classification,
      spec: bert,
      config: bertConfig,
      head,
      inputs: { ...PAIR, ...labels },
      variant,
    }),
  ),
  task({ ...tags, spec: bert, config: bertConfig, inputs: { ...PAIR, ...TAGS } }),
  task({ ...spans, spec: bert, config: bertConfig, inputs: { ...PAIR, ...SPANS } }),
  task({
    spec: bert,
    config: bertConfig,
    task: MultipleChoice,
    head: {},
    inputs: CHOICES,
    compute: (model, { input, int32 }) => {
      const batch = { ...input, choices: 2, labels: int32<Tensor1D>('labels') };
      return { logits: model.logits(batch), loss: model.loss(batch, evaluation).loss };
    },
  }),
];

const untied = { tieWordEmbeddings: false };
const decoderCases: readonly Case[] = [
  backbone(gpt, gptConfig, TEXT, hidden),
  task({ ...causal, spec: gpt, config: gptConfig }),
  task({ ...causal, spec: gpt, config: { ...gptConfig, ...untied }, variant: 'not tied' }),
  task({ ...double, spec: gpt, config: gptConfig }),
  task({ ...decoderClassification, spec: gpt, config: gptConfig }),

  backbone(gpt2, gpt2Config, TEXT, hidden),
  task({ ...causal, spec: gpt2, config: gpt2Config }),
  task({ ...causal, spec: gpt2, config: { ...gpt2Config, ...untied }, variant: 'not tied' }),
  task({
    ...causal,
    spec: gpt2,
    config: { ...gpt2Config, scaleAttention: false, scaleAttentionByLayer: true, feedForwardSize: 20 },
    variant: 'scaled in other ways',
  }),
  task({ ...double, spec: gpt2, config: gpt2Config }),
  task({ ...decoderClassification, spec: gpt2, config: gpt2Config }),
  task({ ...tags, spec: gpt2, config: gpt2Config }),
  task({ ...spans, spec: gpt2, config: gpt2Config }),

  backbone(llama, { ...llamaConfig, tieWordEmbeddings: true }, TEXT, hidden), // so without a head's matrix
  task({ ...causal, spec: llama, config: llamaConfig }),
  task({
    ...causal,
    spec: llama,
    config: {
      ...llamaConfig,
      keyValueHeads: 4,
      headSize: 6,
      tieWordEmbeddings: true,
      rotaryScaling: { ...llama32_1B.rotaryScaling!, originalContextLength: 10 },
    },
    variant: 'tied, a key for each query, heads of another size, stretched frequencies',
  }),
  task({ ...decoderClassification, spec: llama, config: llamaConfig }),
  task({ ...tags, spec: llama, config: llamaConfig }),
  task({ ...spans, spec: llama, config: llamaConfig }),
];

const transformerCases: readonly Case[] = [
  task({
    spec: transformer,
    config: transformerConfig,
    task: Seq2SeqLM,
    head: {},
    inputs: {
      ...TEXT,
      labels: [
        [4, 5, 1],
        [6, 1, -100],
      ],
    },
    compute: (model, { input, int32 }) => {
      const batch = { ...input, labels: int32<Tensor2D>('labels') };
      return { logits: model.logits(batch), loss: model.loss(batch, evaluation).loss };
    },
  }),
];

export const cases: readonly Case[] = [...bertCases, ...decoderCases, ...transformerCases];
