// What there is to read: stories in two languages, or a text of the user's own.
import { type DocumentExample, mapExamples, readAll, splitExamples } from '@tenon/data';
import { readTexts } from '@tenon/data/files';
import { Dice } from '@tenon/example-kit';
import { CHINESE } from './data/chinese.ts';
import { ENGLISH } from './data/english.ts';
import { type StoryLanguage, stories } from './data/story.ts';

export interface Texts {
  readonly name: string;
  readonly train: readonly DocumentExample[];
  /** Documents that are none of those to learn from. */
  readonly heldOut: readonly DocumentExample[];
  /** To fill in: each has one [MASK], and the word that was there. */
  readonly gaps: readonly (readonly [text: string, word: string])[];
}

export type LanguageName = 'english' | 'chinese';

const LANGUAGES: Readonly<Record<LanguageName, StoryLanguage>> = { english: ENGLISH, chinese: CHINESE };
export const LANGUAGE_NAMES: readonly LanguageName[] = ['english', 'chinese'];

/** Stories; what is written by hand to fill in has people and trades that they know. */
export function storyTexts(name: LanguageName, { short, seed }: { short: boolean; seed: number }): Texts {
  const [dice, taken] = [new Dice(seed), new Set<string>()];
  const language = LANGUAGES[name];
  const heldOut = stories(language, short ? 20 : 150, dice, taken);
  return { name, heldOut, train: stories(language, short ? 100 : 2500, dice, taken), gaps: language.gaps };
}

/** A text file: documents with empty lines between them, sentences that end as sentences do or with the line. */
export async function ownTexts(file: string, seed: number): Promise<Texts> {
  const documents = await readAll(
    mapExamples(readTexts(file, { unit: 'paragraph' }), ({ text, origin }) => ({
      sentences: text.split(/\n|(?<=[.!?])\s|(?<=[。！？])/).filter((sentence) => sentence.trim() !== ''),
      ...(origin && { origin }),
    })),
  );
  const { train, test } = splitExamples(documents, { test: 0.1, seed });
  return { name: 'text', train, heldOut: test, gaps: test.flatMap(gapOf).slice(0, 5) };
}

/** The first sentence of a document with a word in its middle left out: one between blanks, or else one character. */
function gapOf({ sentences: [sentence = ''] }: DocumentExample): [string, string][] {
  const separator = sentence.includes(' ') ? ' ' : '';
  const words = sentence.split(separator);
  const places = [...words.keys()].filter((i) => /^\p{L}+$/u.test(words[i]!));
  const place = places[Math.floor(places.length / 2)];
  if (place === undefined || words.length < 6 || words.length > 40) return [];
  return [[words.with(place, '[MASK]').join(separator), words[place]!]];
}
