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
}

export type TaskName = 'classification' | 'entailment' | 'similarity' | 'choice';

/** How many examples to learn from where they are made: what is harder needs more. */
const SIZES: Readonly<Record<TaskName, number>> = {
  classification: 600,
  entailment: 2000,
  similarity: 3000,
  choice: 1000,
};
const HELD_OUT = 300;

export const TASKS: readonly TaskName[] = ['classification', 'entailment', 'similarity', 'choice'];

const TEXTS = { classification: message, entailment: scene, similarity: pairOfSentences } as const;

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
    return made(SIZES[task], source, (dice, index) => TEXTS[task](dice, index), key);
  }
  const [text, ...others] = columns?.split(',') ?? COLUMNS[task];
  const [label, textPair] = others.toReversed();
  const names = { text: text!, label: label!, ...(textPair !== undefined && { textPair }) };
  return own(textExamples(rowsOf(data), names), source);
}

/** Stories, each with endings to choose from. */
export async function choicesOf(source: Source): Promise<Parts<ChoiceExample>> {
  const { data, columns } = source;
  if (data === undefined) {
    const key = ({ text, choices }: ChoiceExample): string => [text, ...choices].join('\t');
    return made(SIZES.choice, source, (dice, _, heldOut) => storyWithEndings(dice, heldOut), key);
  }
  const [text, ...others] = columns?.split(',') ?? COLUMNS.choice;
  const names = { text: text!, choices: others.slice(0, -1), label: others.at(-1)! };
  return own(choiceExamples(rowsOf(data), names), source);
}

/** Where `--columns` does not say. */
const COLUMNS: Readonly<Record<TaskName, readonly string[]>> = {
  classification: ['sentence', 'label'],
  entailment: ['premise', 'hypothesis', 'label'],
  similarity: ['sentence1', 'sentence2', 'label'],
  choice: ['premise', 'choice1', 'choice2', 'label'],
};

function made<Example>(
  size: number,
  { seed, short }: Source,
  draw: (dice: Dice, index: number, heldOut: boolean) => Example,
  keyOf: (example: Example) => string,
): Parts<Example> {
  const [dice, taken] = [new Dice(seed), new Set<string>()];
  const some = (count: number, heldOut: boolean): Example[] =>
    distinct(short ? 32 : count, (index) => draw(dice, index, heldOut), keyOf, taken);
  return { heldOut: some(HELD_OUT, true), train: some(size, false) };
}

async function own<Example>(stream: ExampleStream<Example>, { seed }: Source): Promise<Parts<Example>> {
  const { train, test } = splitExamples(await readAll(stream), { test: 0.1, seed });
  return { train, heldOut: test };
}

/** A table; one with another ending than those that are known has tabs. */
function rowsOf(file: string): ExampleStream<Row> {
  return readRows(file, /^\.(txt|text)?$/.test(extname(file)) ? { format: 'tsv' } : {});
}
