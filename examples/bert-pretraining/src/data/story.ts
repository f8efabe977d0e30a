// How stories are put together: somebody who has a trade goes about the day. A story keeps to its person and its trade,
// so that one can tell whether a sentence belongs to it.
import type { DocumentExample } from '@tenon/data';
import { type Dice, distinct } from '@tenon/example-kit';

/** What belongs together. */
interface Trade {
  readonly job: string;
  readonly place: string;
  readonly tools: readonly string[];
  readonly deeds: readonly string[];
  readonly goods: readonly string[];
}

export interface Person {
  readonly name: string;
  /** Words that stand for the person in patterns: `{she}`, `{her}`. */
  readonly words: Readonly<Record<string, string>>;
}

/** A language's own part. In patterns, a name of a list in braces stands for one of its words. */
export interface StoryLanguage {
  readonly people: readonly Person[];
  readonly trades: readonly Trade[];
  /** Words that do not depend on the trade. */
  readonly words: Readonly<Record<string, readonly string[]>>;
  readonly beginnings: readonly string[];
  readonly middles: readonly string[];
  readonly endings: readonly string[];
  /** Written by hand, to fill in: a text with a [MASK], and the word that was there. */
  readonly gaps: readonly (readonly [text: string, word: string])[];
  /** What a sentence's first letter becomes. */
  capital(text: string): string;
}

/** So many stories of 5 to 8 sentences that differ from each other and from those in `taken`. */
export function stories(
  language: StoryLanguage,
  count: number,
  dice: Dice,
  taken: Set<string>,
): DocumentExample[] {
  const told = distinct(
    count,
    () => story(language, dice),
    (sentences) => sentences.join(' '),
    taken,
  );
  return told.map((sentences) => ({ sentences }));
}

function story(language: StoryLanguage, dice: Dice): string[] {
  const [person, friend] = dice.shuffle(language.people) as [Person, Person];
  const { job, place, ...lists } = dice.pick(language.trades);
  const fixed: Readonly<Record<string, string>> = {
    ...person.words,
    name: person.name,
    friend: friend.name,
    job,
    place,
  };
  const choices: Readonly<Record<string, readonly string[]>> = { ...language.words, ...lists };
  const fill = (pattern: string): string =>
    language.capital(pattern.replaceAll(/\{(\w+)\}/g, (_, word) => fixed[word] ?? dice.pick(choices[word]!)));
  const middles = dice.shuffle(language.middles).slice(0, 3 + dice.integer(4));
  return [dice.pick(language.beginnings), ...middles, dice.pick(language.endings)].map(fill);
}
