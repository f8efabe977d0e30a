import type { Dice } from '../dice.ts';
import { titled, withArticle } from '../language.ts';
import { type Person, people } from '../people.ts';
import { ANIMALS, COLOURS, TOWNS } from '../words.ts';

/** Line endings that rhyme, and what a line ending so can say. */
const ENDINGS: readonly (readonly string[])[] = [
  [
    'across the bay',
    'at break of day',
    'to run away',
    'and would not stay',
    'to dance and play',
    'upon the hay',
  ],
  [
    'into the night',
    'by candle light',
    'so round and bright',
    'and held it tight',
    'a lovely sight',
    'with all its might',
  ],
  [
    'upon a hill',
    'and sat quite still',
    'behind the mill',
    'and had its fill',
    'by the window sill',
    'and felt a chill',
  ],
  [
    'beside the sea',
    'and drank its tea',
    'below a tree',
    'along with me',
    'and shook a knee',
    'as proud can be',
  ],
  [
    'upon the ground',
    'without a sound',
    'and turned around',
    'and watched a hound',
    'inside a mound',
    'and gave a bound',
  ],
  [
    'beneath the moon',
    'and hummed a tune',
    'one day in June',
    'and went home soon',
    'with fork and spoon',
    'all afternoon',
  ],
  [
    'under the stair',
    'and combed its hair',
    'without a care',
    'to take the air',
    'as if to stare',
    'upon a chair',
  ],
  [
    'down in the snow',
    'all in a row',
    'and had to go',
    'and whispered no',
    'and bent quite low',
    'with feet so slow',
  ],
];
const STARTS = [
  'It jumped',
  'It sang',
  'It slept',
  'It ran',
  'It stood',
  'It turned',
  'It laughed',
  'It waited',
  'It lay',
  'It walked',
] as const;

/** A rhyme of four-line verses about one animal; the lines rhyme in pairs. */
export function rhyme(dice: Dice): string {
  const [owner] = people(dice, 1) as [Person];
  const animal = `${dice.pick(COLOURS)} ${dice.pick(ANIMALS)}`;
  const town = dice.pick(TOWNS);
  const families = dice.sample(ENDINGS, dice.pick([2, 4]));
  const lines: string[] = [];
  for (const [i, family] of families.entries()) {
    const [first, second] = dice.sample(family, 2) as [string, string];
    lines.push(`${i === 0 ? `${owner.name} had ${withArticle(animal)}` : dice.pick(STARTS)} ${first},`);
    lines.push(`${dice.pick(STARTS)} ${second}${i % 2 === 1 ? '.' : ','}`);
  }
  lines.push(`And all of ${town} came out to see`, `the ${animal} of ${owner.name} as happy as can be.`);
  return [titled(`Rhyme of the ${animal}`), ...lines].join('\n');
}
