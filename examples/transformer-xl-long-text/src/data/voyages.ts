// Stories of voyages, written for this example by rules. What a story says at its beginning, the captain's name, the
// colour of the boat, the cargo, is asked for at its end, and what lies between says nothing about it: whoever reads in
// segments has to remember.
import { type Dice, distinct } from '@tenon/example-kit';

const FACTS = {
  name: list('Oda Bram Ilse Marek Tove Sanna Piet Rosa Anouk Jaro Lene Viktor Mila Hedda Tarek Noor'),
  colour: list('red blue green yellow white black brown golden'),
  count: list('four five six seven eight nine ten eleven twelve twenty'),
  cargo: list('barrels baskets crates sacks lamps ropes stones books'),
  town: list('Tarn Velsen Morra Askil Dunmere Lorn Karst Ebbing Solva Hallen'),
} as const;

const BEGINNINGS = [
  'The captain of the {colour} boat was called {name} . From {town} came {count} {cargo} on board .',
  'In {town} lay a {colour} boat with {count} {cargo} on board , and {name} was her captain .',
  '{name} was captain of a boat that was painted {colour} . She took {count} {cargo} on board in {town} .',
  'With {count} {cargo} on board and {name} as captain , a {colour} boat left {town} in spring .',
];

const ENDINGS = [
  'At last the {colour} boat was home in {town} . Captain {name} counted all {count} {cargo} .',
  'In the evening they saw {town} again . " Is that {name} in the {colour} boat ? " the people asked . There were {count} {cargo} on board .',
  'Nobody had lost any of the {count} {cargo} . People in {town} cheered for {name} and for the {colour} boat .',
  '" All {count} {cargo} are here , " said {name} when the {colour} boat came back to {town} .',
];

const WINDS = list('north south east west');
const WEATHER = ['rain', 'fog', 'snow', 'hail', 'sun', 'cold wind', 'warm wind', 'thunder'];
const ANIMALS = ['a heron', 'a seal', 'a whale', 'a gull', 'an old turtle', 'a flock of geese'];
const DEEDS = ['mended the sail', 'cooked soup', 'sang old songs', 'played cards', 'fished', 'slept on deck'];
const FOLK = ['The cook', 'The sailors', 'The boy', 'The helmsman', 'The oldest sailor', 'The carpenter'];
const TIMES = ['In the morning', 'At noon', 'Before dusk', 'At night', 'On the third day', 'After the storm'];
const PLACES = [
  'near the cliffs',
  'on the open sea',
  'behind the island',
  'in a quiet bay',
  'by the lighthouse',
];

/** Between beginning and end, sentences that ask for one fact, */
const REMINDERS = [
  '{name} looked at the chart for a long time .',
  '" Sail on , " said {name} .',
  'A wave broke over the {colour} boat .',
  'The sailors counted {count} {cargo} .',
  'The boy talked of the houses of {town} .',
];

/** and more of them that ask for none. */
const MIDDLES: readonly ((dice: Dice) => string)[] = [
  (dice) => `The wind turned to the ${dice.pick(WINDS)} and brought ${dice.pick(WEATHER)} .`,
  (dice) => `${dice.pick(TIMES)} they saw ${dice.pick(ANIMALS)} ${dice.pick(PLACES)} .`,
  (dice) => `${dice.pick(FOLK)} ${dice.pick(DEEDS)} .`,
  (dice) => `${dice.pick(TIMES)} there was ${dice.pick(WEATHER)} ${dice.pick(PLACES)} .`,
  (dice) =>
    `${dice.pick(FOLK)} ${dice.pick(DEEDS)} until the ${dice.pick(WEATHER)} came from the ${dice.pick(WINDS)} .`,
  (dice) => `${dice.pick(ANIMALS)} followed them ${dice.pick(PLACES)} .`,
];

/** A fact that the story has told before, and that nothing else gives away. */
interface Recall {
  /** Which word of the story it is, from 0. */
  readonly place: number;
  /** Words since it was last said. */
  readonly distance: number;
}

export interface Voyage {
  readonly words: readonly string[];
  readonly recalls: readonly Recall[];
  /** Where its ending starts. */
  readonly ending: number;
}

/** So many stories that differ from each other and from those in `taken`, with up to 11 sentences in the middle. */
export function voyages(count: number, dice: Dice, taken: Set<string>): Voyage[] {
  return distinct(
    count,
    () => voyage(dice),
    ({ words }) => words.join(' '),
    taken,
  );
}

function voyage(dice: Dice): Voyage {
  const told = new Map(Object.entries(FACTS).map(([kind, all]) => [`{${kind}}`, dice.pick<string>(all)]));
  const middles = Array.from({ length: dice.integer(12) }, () =>
    dice.chance(0.25) ? dice.pick(REMINDERS) : sentence(dice.pick(MIDDLES)(dice)),
  );
  const before = [dice.pick(BEGINNINGS), ...middles].join(' ').split(' ');
  const ending = `${dice.pick(ENDINGS)} ${END}`.split(' ');

  const said = new Map<string, number>();
  const recalls: Recall[] = [];
  const words = [...before, ...ending].map((word, place) => {
    const fact = told.get(word);
    if (fact === undefined) return word;
    const last = said.get(word);
    if (last !== undefined) recalls.push({ place, distance: place - last });
    said.set(word, place);
    return fact;
  });
  return { words, recalls, ending: before.length };
}

/** The word that ends a story. */
const END = '***';

const sentence = (text: string): string => text[0]!.toUpperCase() + text.slice(1);

function list(words: string): string[] {
  return words.split(' ');
}
