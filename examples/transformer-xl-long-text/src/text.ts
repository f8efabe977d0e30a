// What there is to read: the stories of the example as words, or a text of the user's own as characters.
import { readFileSync } from 'node:fs';
import { TenonError } from '@tenon/core';
import { splitTokens } from '@tenon/data';
import { Dice } from '@tenon/example-kit';
import type { Tokenizer } from '@tenon/tokenizers';
import { trainCharTokenizer, trainWordLevel } from '@tenon/tokenizers/training';
import { type Voyage, voyages } from './data/voyages.ts';

export interface LongText {
  readonly name: string;
  /** What it is read by. */
  readonly unit: 'word' | 'character';
  readonly tokenizer: Tokenizer;
  readonly train: Int32Array;
  readonly heldOut: Int32Array;
  /** Places of the held-out text that ask for what was said before, and how many tokens ago that was. */
  readonly recalls: ReadonlyMap<number, number>;
  /** A held-out text to go on with, and how it does go on. */
  readonly prompt: Int32Array;
  readonly end: Int32Array;
}

/** Stories, one after another: those that are held out are none of those to learn from. */
export async function storyText({ short, seed }: { short: boolean; seed: number }): Promise<LongText> {
  const [dice, taken] = [new Dice(seed), new Set<string>()];
  const heldOut = voyages(short ? 20 : 200, dice, taken);
  const train = voyages(short ? 100 : 3000, dice, taken);
  const text = (stories: readonly Voyage[]): string => stories.map(({ words }) => words.join(' ')).join(' ');
  const preTokenizer = { type: 'WhitespaceSplit' } as const;
  const tokenizer = await trainWordLevel(text(train), { vocabularySize: 1000, preTokenizer });
  const { words, recalls, ending } = heldOut.reduce((a, b) => (b.ending > a.ending ? b : a)); // the longest
  const cut = recalls.find(({ place }) => place >= ending)!.place; // every ending asks for something
  const ids = tokenizer.encodeIds(words.join(' '));
  return {
    name: `${train.length} stories of voyages`,
    unit: 'word',
    tokenizer,
    train: tokenizer.encodeIds(text(train)),
    heldOut: tokenizer.encodeIds(text(heldOut)),
    recalls: recallsOf(heldOut),
    prompt: ids.subarray(0, cut),
    end: ids.subarray(cut),
  };
}

/** A text file by its characters; its last tenth is held out. @throws {TenonError} when it cannot be read, or is too short. */
export async function ownText(file: string): Promise<LongText> {
  const text = readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
  if (text.length < LEAST) {
    const [expected, advice] = [`at least ${LEAST} characters`, 'Give a longer text.'];
    throw new TenonError({ subject: file, expected, got: String(text.length), advice });
  }
  const tokenizer = await trainCharTokenizer(text);
  const { train, validation } = splitTokens(tokenizer.encodeIds(text), { validation: 0.1 });
  const heldOut = validation.subarray(0, MOST);
  return {
    name: file,
    unit: 'character',
    tokenizer,
    train,
    heldOut,
    recalls: new Map(),
    prompt: heldOut.subarray(0, 160),
    end: heldOut.subarray(160, 320),
  };
}

const LEAST = 20_000;
/** More of a held-out text would hardly change what is measured. */
const MOST = 20_000;

function recallsOf(stories: readonly Voyage[]): Map<number, number> {
  const recalls = new Map<number, number>();
  let begin = 0;
  for (const story of stories) {
    for (const { place, distance } of story.recalls) recalls.set(begin + place, distance);
    begin += story.words.length;
  }
  return recalls;
}
