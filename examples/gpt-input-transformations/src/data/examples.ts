// The examples of each task: made by rules, or the user's own.
import { extname } from 'node:path';
import {
  type ChoiceExample,
  type ExampleStream,
  readAll,
  splitExamples,
  type TextExample,
} from '@tenon/data';
import { choiceExamples, type Row, readRows, textExamples } from '@tenon/data/files';
import { Dice, distinct } from '@tenon/example-kit';
import { storyWithEndings } from './endings.ts';
import { message } from './messages.ts';
import { pairOfSentences } from './paraphrases.ts';
import { scene } from './scenes.ts';

/** What is held out shares nothing with what is learnt from. */
export interface Parts<Example> {
  readonly train: readonly Example[];
  readonly heldOut: readonly Example[];
  /** To learn the language from, without labels. */
  readonly reading: readonly string[];
}

export type TaskName = 'classification' | 'entailment' | 'similarity' | 'choice';

interface Size {
  /** Examples to learn from. */
  readonly train: number;
  /** Texts to learn the language from, without labels. */
  readonly reading: number;
}

/** Where examples are made: what is harder needs more. */
const SIZES: Readonly<Record<TaskName, Size>> = {
  classification: { train: 240, reading: 500 },
  entailment: { train: 1500, reading: 1000 },
  similarity: { train: 3000, reading: 1500 },
  choice: { train: 1000, reading: 3000 },
};
const HELD_OUT = 300;

export const TASKS: readonly TaskName[] = ['classification', 'entailment', 'similarity', 'choice'];

const TEXTS = { classification: message, entailment: scene, similarity: pairOfSentences } as const;

/** What a text says that goes on as one expects: it is followed by what is true, or by the same in other words. */
const GOES_ON: readonly unknown[] = ['true', 'same'];

/** What the command line says. */
export interface Source {
  readonly seed: number;
  readonly short: boolean;
  readonly data?: string;
  /** Names of the columns of `data`, with commas: first the texts, then the label. */
  readonly columns: string | undefined;
}

/** Texts, or pairs of texts, with labels. */
export async function textsOf(
  task: Exclude<TaskName, 'choice'>,
  source: Source,
): Promise<Parts<TextExample>> {
  const { data, columns } = source;
  if (data === undefined) {
    const key = ({ text, textPair = '' }: TextExample): string => `${text}\t${textPair}`;
    const textOf = ({ text, textPair, label }: TextExample): string =>
      textPair !== undefined && GOES_ON.includes(label) ? `${text} ${textPair}` : text;
    return made(SIZES[task], source, (dice, index) => TEXTS[task](dice, index), key, textOf);
  }
  const [text, ...others] = columns?.split(',') ?? COLUMNS[task];
  const [label, textPair] = others.toReversed();
  const names = { text: text!, label: label!, ...(textPair !== undefined && { textPair }) };
  const textOf = ({ text, textPair = '' }: TextExample): string => `${text} ${textPair}`.trim();
  return own(textExamples(rowsOf(data), names), source, textOf);
}

/** Stories, each with endings to choose from. */
export async function choicesOf(source: Source): Promise<Parts<ChoiceExample>> {
  const { data, columns } = source;
  if (data === undefined) {
    const key = ({ text, choices }: ChoiceExample): string => [text, ...choices].join('\t');
    return made(SIZES.choice, source, (dice, _, heldOut) => storyWithEndings(dice, heldOut), key, told);
  }
  const [text, ...others] = columns?.split(',') ?? COLUMNS.choice;
  const names = { text: text!, choices: others.slice(0, -1), label: others.at(-1)! };
  return own(choiceExamples(rowsOf(data), names), source, told);
}

/** A story with its ending. */
function told({ text, choices, label }: ChoiceExample): string {
  return `${text} ${choices[label!]}`;
}

/** Where `--columns` does not say. */
const COLUMNS: Readonly<Record<TaskName, readonly string[]>> = {
  classification: ['sentence', 'label'],
  entailment: ['premise', 'hypothesis', 'label'],
  similarity: ['sentence1', 'sentence2', 'label'],
  choice: ['premise', 'choice1', 'choice2', 'label'],
};

function made<Example>(
  size: Size,
  { seed, short }: Source,
  draw: (dice: Dice, index: number, heldOut: boolean) => Example,
  keyOf: (example: Example) => string,
  textOf: (example: Example) => string,
): Parts<Example> {
  const [dice, taken] = [new Dice(seed), new Set<string>()];
  const some = (count: number, heldOut = false): Example[] =>
    distinct(short ? 32 : count, (index) => draw(dice, index, heldOut), keyOf, taken);
  return {
    heldOut: some(HELD_OUT, true),
    train: some(size.train),
    reading: some(size.reading).map(textOf),
  };
}

async function own<Example>(
  stream: ExampleStream<Example>,
  { seed }: Source,
  textOf: (example: Example) => string,
): Promise<Parts<Example>> {
  const { train, test } = splitExamples(await readAll(stream), { test: 0.1, seed });
  return { train, heldOut: test, reading: train.map(textOf) };
}

/** A table; one with another ending than those that are known has tabs. */
function rowsOf(file: string): ExampleStream<Row> {
  return readRows(file, /^\.(txt|text)?$/.test(extname(file)) ? { format: 'tsv' } : {});
}
