// Every head, and what it learns from a text.
import type { Backbone, ModelInput, Objective } from '@tenon/core';
import { type Tensor, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { CausalLM } from '../causal-lm.ts';
import { DoubleHeads } from '../double-heads.ts';
import { MaskedLM } from '../masked-lm.ts';
import { MultipleChoice } from '../multiple-choice.ts';
import { NextSentence } from '../next-sentence.ts';
import { Pretraining } from '../pretraining.ts';
import { QuestionAnswering } from '../question-answering.ts';
import { SequenceClassification } from '../sequence-classification.ts';
import { Similarity } from '../similarity.ts';
import { TokenClassification } from '../token-classification.ts';
import { Value } from '../value.ts';
import type { Need } from './matrix-models.ts';
import { int32, type Rows, type Text } from './matrix-text.ts';

export interface HeadRow {
  readonly name: string;
  /** What tells it from others of its class. */
  readonly also?: string;
  make(backbone: Backbone): Objective<ModelInput>;
  /** What goes with a text. */
  labels(text: Text): Readonly<Record<string, Tensor | number>>;
  /** The same where nothing counts; absent where there is no saying so. */
  readonly ignored?: (text: Text) => Readonly<Record<string, Tensor | number>>;
  readonly pools: boolean;
  /** What it cannot do without. */
  readonly needs?: Need;
  readonly zeroGradient?: RegExp;
  /** Whether padding is scored as the tokens are, and so counts. */
  readonly seesPadding?: true;
}

const sequenceLabels = ({ ids }: Text): number[] => ids.map((_, b) => b % 2);
const choiceLabels = ({ ids }: Text): number[] => ids.slice(ids.length / 2).map((_, b) => b % 2);
const tokenLabels = ({ ids, mask }: Text, label: (id: number) => number): Rows =>
  ids.map((row, b) => row.map((id, t) => (mask[b]![t] === 1 ? label(id) : -100)));
/** Tokens to predict, each from a token before it. */
const nextTokens = ({ ids, mask }: Text): Rows =>
  ids.map((row, b) => row.map((id, t) => (mask[b]![t] === 1 && mask[b]![t - 1] === 1 ? id : -100)));
const maskedTokens = (text: Text): Rows => tokenLabels(text, (id) => (id % 2 === 1 ? id : -100));
const ignoredTokens = ({ ids }: Text): Rows => ids.map((row) => row.map(() => -100));
const ignoredSequences = ({ ids }: Text): number[] => ids.map(() => -100);
const ignoredChoices = (text: Text): number[] => choiceLabels(text).map(() => -100);
/** What is added to every choice alike changes no probability: the head's bias, or that of the model's last norm. */
const addedToAll = /^(classifier|span)\.bias$|(ln_f|\.0\.(ln_2|output\.LayerNorm|pos_ff\.layer_norm))\.bias$/;

export const heads: readonly HeadRow[] = [
  {
    name: 'CausalLM',
    make: (backbone) => new CausalLM(backbone),
    labels: (text) => ({ labels: int32(nextTokens(text)) }),
    ignored: (text) => ({ labels: int32(ignoredTokens(text)) }),
    pools: false,
    needs: 'scorer',
  },
  {
    name: 'DoubleHeads',
    make: (backbone) => new DoubleHeads(backbone) as Objective<ModelInput>,
    labels: (text) => ({ choices: 2, labels: int32(choiceLabels(text)), lmLabels: int32(nextTokens(text)) }),
    ignored: (text) => ({
      choices: 2,
      labels: int32(ignoredChoices(text)),
      lmLabels: int32(ignoredTokens(text)),
    }),
    pools: false,
    needs: 'scorer',
    zeroGradient: addedToAll,
  },
  {
    name: 'MaskedLM',
    make: (backbone) => new MaskedLM(backbone),
    labels: (text) => ({ labels: int32(maskedTokens(text)) }),
    ignored: (text) => ({ labels: int32(ignoredTokens(text)) }),
    pools: false,
    needs: 'tokenEmbedding',
  },
  {
    name: 'Pretraining',
    make: (backbone) => new Pretraining(backbone) as Objective<ModelInput>,
    labels: (text) => ({
      labels: int32(maskedTokens(text)),
      nextSentenceLabels: int32(sequenceLabels(text)),
    }),
    ignored: (text) => ({
      labels: int32(ignoredTokens(text)),
      nextSentenceLabels: int32(ignoredSequences(text)),
    }),
    pools: true,
    needs: 'tokenEmbedding',
  },
  {
    name: 'NextSentence',
    make: (backbone) => new NextSentence(backbone) as Objective<ModelInput>,
    labels: (text) => ({ labels: int32(sequenceLabels(text)) }),
    ignored: (text) => ({ labels: int32(ignoredSequences(text)) }),
    pools: true,
  },
  {
    name: 'SequenceClassification',
    make: (backbone) => new SequenceClassification(backbone, { labels: 3 }) as Objective<ModelInput>,
    labels: (text) => ({ labels: int32(sequenceLabels(text)) }),
    ignored: (text) => ({ labels: int32(ignoredSequences(text)) }),
    pools: true,
  },
  {
    name: 'SequenceClassification',
    also: 'and a language model',
    make: (backbone) =>
      new SequenceClassification(backbone, { labels: 3, lmCoefficient: 0.5 }) as Objective<ModelInput>,
    labels: (text) => ({ labels: int32(sequenceLabels(text)) }),
    ignored: (text) => ({ labels: int32(ignoredSequences(text)), lmLabels: int32(ignoredTokens(text)) }),
    pools: true,
    needs: 'scorer',
  },
  {
    name: 'TokenClassification',
    make: (backbone) => new TokenClassification(backbone, { labels: 3 }) as Objective<ModelInput>,
    labels: (text) => ({ labels: int32(tokenLabels(text, (id) => id % 3)) }),
    ignored: (text) => ({ labels: int32(ignoredTokens(text)) }),
    pools: false,
  },
  {
    name: 'QuestionAnswering',
    make: (backbone) => new QuestionAnswering(backbone) as Objective<ModelInput>,
    labels: (text) => ({
      startPositions: int32(sequenceLabels(text)),
      endPositions: int32(sequenceLabels(text).map((start) => start + 1)),
    }),
    ignored: (text) => ({
      startPositions: int32(ignoredSequences(text)),
      endPositions: int32(ignoredSequences(text)),
    }),
    pools: false,
    zeroGradient: addedToAll,
    seesPadding: true,
  },
  {
    name: 'MultipleChoice',
    make: (backbone) => new MultipleChoice(backbone) as Objective<ModelInput>,
    labels: (text) => ({ choices: 2, labels: int32(choiceLabels(text)) }),
    ignored: (text) => ({ choices: 2, labels: int32(ignoredChoices(text)) }),
    pools: true,
    zeroGradient: addedToAll,
  },
  {
    name: 'Similarity',
    make: (backbone) => new Similarity(backbone) as Objective<ModelInput>,
    labels: (text) => ({ labels: tensor1d(choiceLabels(text).map((label) => 0.2 + label / 2)) }),
    pools: true,
  },
  {
    name: 'Value',
    make: (backbone) => new Value(backbone) as Objective<ModelInput>,
    labels: ({ ids }) => ({ targets: tensor2d(ids.map((row) => row.map((id) => id / 10))) }),
    pools: false,
  },
];
