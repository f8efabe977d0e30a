// SNIPS with few labels and a lot of text without: what pre-training is for.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Backbone } from '@tenon/core';
import type { DocumentExample, TaggedExample, TextExample } from '@tenon/data';
import { TokenClassification } from '@tenon/heads';
import type { Tokenizer } from '@tenon/tokenizers';
import { trainWordPiece } from '@tenon/tokenizers/training';
import { Trainer, type TrainingArguments, tokenTagging } from '@tenon/trainers';
import { fewSnips, spreadOver } from '../../data-sets.ts';

/** How many of the 13,084 utterances a model may see the tags of, and the intents. */
const TAGGED = 500;
const WITH_INTENT = 70;

/** The longest row of tokens. */
export const MAX_LENGTH = 48;

export interface FewLabels {
  readonly tokenizer: Tokenizer;
  readonly tagging: Split<TaggedExample>;
  readonly classifying: Split<TextExample>;
  /** What the users said, without labels. */
  readonly utterances: readonly string[];
  /** Sentences of WikiText-2. */
  readonly articles: readonly string[];
}

/** Examples of one kind. */
interface Split<Example> {
  readonly train: readonly Example[];
  readonly dev: readonly Example[];
  readonly labels: readonly string[];
}

export async function fewLabels(data: string): Promise<FewLabels> {
  const { all, train, dev, tags } = await fewSnips(data, TAGGED);
  const intents = (examples: readonly TaggedExample[]) =>
    examples.map(({ words, intent }) => ({ text: words.join(' '), label: intent! }));
  const utterances = all.map(({ words }) => words.join(' '));
  const articles = (await readFile(join(data, 'wikitext-2', 'valid.txt'), 'utf8'))
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trimStart().startsWith('='))
    .flatMap((line) => line.replaceAll('<unk>', '[UNK]').split(/(?<= [.!?]) /))
    .map((sentence) => sentence.trim())
    .filter((sentence) => /[a-z]/i.test(sentence));
  return {
    tokenizer: await trainWordPiece([...utterances, ...articles], { vocabularySize: 4000 }),
    tagging: { train, dev, labels: tags },
    classifying: {
      train: intents(spreadOver(all, WITH_INTENT)),
      dev: intents(dev),
      labels: [...new Set(all.map(({ intent }) => intent!))].sort(),
    },
    utterances,
    articles,
  };
}

/** A row for each text: neighbours that have nothing to do with it would only have to be told apart. */
export const rowsOf = (texts: readonly string[]): DocumentExample[] =>
  texts.map((text) => ({ sentences: [text] }));

export const preTraining = (seed: number, steps: number, learningRate: number): TrainingArguments => ({
  maxSteps: steps,
  learningRate,
  warmupRatio: 0.1,
  weightDecay: 0.01,
  seed,
});

const fineTuning = (seed: number): TrainingArguments => ({
  perDeviceTrainBatchSize: 32,
  perDeviceEvalBatchSize: 64,
  warmupRatio: 0.1,
  weightDecay: 0.01,
  seed,
});

/** Few labels are gone through often. */
const taggingArguments = (seed: number): TrainingArguments => ({
  ...fineTuning(seed),
  numTrainEpochs: 20,
  learningRate: 1e-3,
});

export const classifyingArguments = (seed: number): TrainingArguments => ({
  ...fineTuning(seed),
  numTrainEpochs: 30,
  learningRate: 5e-4,
});

/** The F1 of slots, in development, of a backbone that has learnt the few tags. */
export async function tag(
  backbone: Backbone,
  { tokenizer, tagging }: FewLabels,
  seed: number,
): Promise<number> {
  const { train, dev, labels } = tagging;
  using model = new TokenClassification(backbone, { labels });
  const trainer = new Trainer({
    model,
    task: tokenTagging({ tokenizer, tags: labels, maxLength: MAX_LENGTH }),
    args: taggingArguments(seed),
    trainDataset: train,
    evalDataset: dev,
  });
  await trainer.train();
  return (await trainer.evaluate())['f1']!;
}
