import {
  MaskedLM,
  MultipleChoice,
  NextSentence,
  Pretraining,
  QuestionAnswering,
  SequenceClassification,
  type SequenceClassificationBatch,
  TokenClassification,
} from '@tenon/heads';
import { bert } from '@tenon/models';
import { gather, type Tensor2D, tile } from '@tensorflow/tfjs-core';
import type { GoldenInput } from '../model-inputs.ts';
import { bare, headed, type ModelClass, type ModelTraits } from './model-class.ts';

const KEY_BIAS = /attention\.self\.key\.bias$/;

const TRAITS: ModelTraits = {
  comparesPadding: true,
  noise: { what: 'the biases of the keys', is: (name) => KEY_BIAS.test(name) },
};

/** What is added to every token alike changes no probability of where a span starts. */
const SPAN_TRAITS: ModelTraits = {
  ...TRAITS,
  noise: {
    what: "the biases of the keys, of the span scores and of the last layer's norm",
    is: (name, _, parameters) =>
      KEY_BIAS.test(name) ||
      name === 'qa_outputs.bias' ||
      name === [...parameters.keys()].findLast((other) => other.endsWith('.output.LayerNorm.bias')),
  },
};

/** One class for each sequence, a yes or no for each class of each, or a number for each. */
function sequenceBatch(
  input: GoldenInput,
  { labels: { length } }: SequenceClassification,
): SequenceClassificationBatch {
  const labels = input.take('labels');
  if (labels.rank === 2) return { ...input.model, labels: input.numbers('labels') };
  if (length > 1) return { ...input.model, labels };
  // Version 4.6 of transformers subtracts labels [B] from scores [B, 1], which gives every score with every label.
  const B = labels.size;
  const rows = (tensor: Tensor2D): Tensor2D => input.keep(tile(tensor, [B, 1]));
  const pairs = Object.entries(input.model).map(([name, value]) => [name, rows(value)]);
  const each = Array.from({ length: B }, (_, i) => i);
  return {
    ...(Object.fromEntries(pairs) as typeof input.model),
    labels: input.keep(
      gather(
        labels,
        each.flatMap((label) => each.map(() => label)),
      ),
    ),
  };
}

export const BERT_CLASSES: Readonly<Record<string, ModelClass>> = {
  BertModel: bare(bert, TRAITS),
  BertForPreTraining: headed(bert, Pretraining, {
    ...TRAITS,
    labels: ['labels', 'next_sentence_label'],
    batch: (input) => ({
      ...input.model,
      labels: input.perToken('labels'),
      nextSentenceLabels: input.perSequence('next_sentence_label'),
    }),
    outputs(model, input) {
      const { maskedLM, nextSentence } = model.logits(input.model);
      return { prediction_logits: maskedLM, seq_relationship_logits: nextSentence };
    },
    parts: { mlm_loss: 'maskedLM', nsp_loss: 'nextSentence' },
  }),
  BertForMaskedLM: headed(bert, MaskedLM, {
    ...TRAITS,
    labels: ['labels'],
    batch: (input) => ({ ...input.model, labels: input.perToken('labels') }),
    outputs: (model, input) => ({ logits: model.logits(input.model) }),
  }),
  BertForNextSentencePrediction: headed(bert, NextSentence, {
    ...TRAITS,
    labels: ['labels', 'next_sentence_label'],
    batch: (input) => ({
      ...input.model,
      labels: input.perSequence(input.has('labels') ? 'labels' : 'next_sentence_label'),
    }),
    outputs: (model, input) => ({ logits: model.logits(input.model) }),
  }),
  BertForSequenceClassification: headed(bert, SequenceClassification, {
    ...TRAITS,
    labels: ['labels'],
    batch: sequenceBatch,
    outputs: (model, input) => ({ logits: model.logits(input.model) }),
  }),
  BertForTokenClassification: headed(bert, TokenClassification, {
    ...TRAITS,
    labels: ['labels'],
    batch: (input) => ({ ...input.model, labels: input.perToken('labels') }),
    outputs: (model, input) => ({ logits: model.logits(input.model) }),
  }),
  BertForQuestionAnswering: headed(bert, QuestionAnswering, {
    ...SPAN_TRAITS,
    labels: ['start_positions', 'end_positions'],
    batch: (input) => ({
      ...input.model,
      startPositions: input.perSequence('start_positions'),
      endPositions: input.perSequence('end_positions'),
    }),
    outputs(model, input) {
      const { start, end } = model.logits(input.model);
      return { start_logits: start, end_logits: end };
    },
  }),
  BertForMultipleChoice: headed(bert, MultipleChoice, {
    ...TRAITS,
    labels: ['labels'],
    batch: (input) => ({ ...input.model, choices: input.choices, labels: input.perSequence('labels') }),
    outputs: (model, input) => ({ logits: model.logits({ ...input.model, choices: input.choices }) }),
  }),
};
