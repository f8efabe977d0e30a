import { Dice } from './dice.ts';
import { bargain, conversation } from './genres/conversation.ts';
import { counting } from './genres/counting.ts';
import { dayAtWork } from './genres/day-at-work.ts';
import { fable, riddles } from './genres/fable.ts';
import { letters } from './genres/letters.ts';
import { lostAndFound } from './genres/lost-and-found.ts';
import { questions, race } from './genres/questions.ts';
import { recipe } from './genres/recipe.ts';
import { rhyme } from './genres/rhyme.ts';
import { timetable } from './genres/timetable.ts';
import { travelLog } from './genres/travel-log.ts';

/** How each kind of text is told. */
export const GENRES: Readonly<Record<string, (dice: Dice) => string>> = {
  lostAndFound,
  counting,
  conversation,
  bargain,
  letters,
  recipe,
  travelLog,
  questions,
  race,
  dayAtWork,
  rhyme,
  fable,
  riddles,
  timetable,
};

/** Documents to learn from and documents to be judged by. */
export interface Corpus {
  readonly train: readonly string[];
  readonly validation: readonly string[];
}

/** One story in `VALIDATION_SHARE` is kept for validation. */
const VALIDATION_SHARE = 20;

/**
 * Tells different stories until there are `characters` of them, the same ones for the same seed.
 * Train and validation share words and ways of telling, never a story.
 */
export function tellStories(seed: number, characters: number): Corpus {
  const tellers = Object.values(GENRES);
  const told = new Set<string>();
  const train: string[] = [];
  const validation: string[] = [];
  for (let story = 0, length = 0; length < characters; story++) {
    const dice = new Dice(seed, story);
    const text = dice.pick(tellers)(dice);
    if (told.has(text)) continue;
    told.add(text);
    length += text.length + 1;
    (story % VALIDATION_SHARE === 0 ? validation : train).push(text);
  }
  return { train, validation };
}
