// News of small towns, made by rules written for this example, all in lower case. Most names are somebody or somewhere, or
// a person or a thing, or a person or a month: "victoria has two sisters" is about a person, "victoria has two harbours"
// about a town, and only the words around a name tell.
import type { TaggedExample } from '@tenon/data';
import { Dice, distinct, expand, type Grammar } from '@tenon/example-kit';

const list = (text: string): string[] => text.split(' ');

// `[loc port {town}]` is an entity.
const RULES: Grammar = {
  sentence: [
    ...['{action}', '{action}', '{journey}', '{journey}', '{having}', '{having}', '{being}', '{being}'],
    ...['{pride}', '{month}', '{month}', '{thing}', '{thing}', '{office}', '{plan}', '{weather}'],
  ],
  action: [
    '{person} {did} the {object}',
    '{person} and {person} {did} the {object}',
    '{person} {did} a {object} for {person}',
    'the {object} was {done} by {person}',
    'in {place} {person} {did} a {object}',
  ],
  journey: [
    '{person} went to {place}',
    'the {vehicle} from {place} to {place} was {state}',
    'they walked from {place} to the {sight} of {place}',
    '{person} came home from {place} by {vehicle}',
    'the {vehicle} to {place} left without {person}',
  ],
  having: [
    '{person} has {number} {relatives}',
    '{place} has {number} {sights}',
    '{person} has no {relatives}',
    '{place} has no {sights}',
  ],
  being: [
    '{person} is a {quality} {human}',
    '{place} is a {quality} {settlement}',
    '{person} was always a {quality} {human}',
    '{place} was never a {quality} {settlement}',
  ],
  pride: [
    '{person} is proud of the {relatives}',
    '{place} is proud of the {sights}',
    'nobody in {place} knew {person}',
    '{person} knew nobody in {place}',
  ],
  month: [
    'it rains a lot in [time {months}]',
    'the {object} was {done} in [time {months}]',
    'last [time {months}] {person} {did} the {object}',
    '[per {months}] {did} the {object} in [time {months}]',
    '[per {months}] has {number} {relatives}',
    '{place} is {state} in [time {months}]',
  ],
  thing: [
    'the {thing} was {state}',
    'somebody {did} a {thing} in {place}',
    '{person} {did} the {thing}',
    'there was a {thing} beside the {object}',
    '[per {thing}] {did} the {thing}',
  ],
  office: [
    'the mayor of {place} is a {human}',
    'the people of {place} like {person}',
    '{person} is the mayor of {place}',
    '{person} is the {relative} of {person}',
  ],
  plan: ['they may {do} the {object}', '{person} may {do} a {object}', 'nobody will {do} the {object}'],
  weather: [
    'it was {state} in {place}',
    'the {sights} of {place} are {state}',
    'the {relatives} of {person} are {state}',
  ],
  person: ['{somebody}', '{somebody}', '{title} {somebody}'],
  somebody: ['[per {town}]', '[per {town}]', '[per {thing}]', '[per {thing}]', '[per {months}]'],
  title: list('mrs mr dear young'),
  place: ['[loc {town}]', '[loc {town}]', '[loc {before} {town}]'],
  before: list('port new mount lake saint'),
  months: list('april may june august'),
  did: list('painted sold lost hid built opened cleaned described carried repaired measured drew'),
  done: list('painted sold lost hidden built opened cleaned described carried repaired measured drawn'),
  do: list('paint sell lose hide build open clean describe carry repair measure draw'),
  object: list('door boat table letter cart piano wall lamp chair fence window basket clock gate'),
  vehicle: list('train bus ferry tram coach boat'),
  state: list('late slow cold quiet wet old small dry empty warm busy new'),
  number: list('two three four five six seven many several'),
  relative: list('sister brother cousin uncle aunt nephew niece daughter'),
  relatives: list('sisters brothers cousins uncles aunts nephews nieces daughters sons friends'),
  sight: list('harbour bridge market tower airport stadium church library'),
  sights: list('harbours bridges markets towers airports stadiums churches libraries parks schools'),
  quality: list('quiet poor proud rich sad friendly busy strange old young small'),
  human: list('man woman baker teacher nurse painter farmer singer doctor judge'),
  settlement: list('town village city port suburb district hamlet capital resort'),
};

/** Names of persons and towns, and of persons and things. */
const LABELLED: Grammar = {
  ...RULES,
  town: list(
    'jordan chelsea austin florence georgia lincoln madison brooklyn chester milan kent dallas hamilton logan',
  ),
  thing: list('rose bill hope jack ivy pearl robin penny reed basil cliff dale'),
};
const HELD_OUT: Grammar = {
  ...RULES,
  town: list(
    'victoria sydney savannah charlotte houston carolina dakota preston lorraine adelaide kingston darwin bristol devon',
  ),
  thing: list('mark grant dawn olive ruby daisy iris violet hazel lily brook heath'),
};
/** What there is to read has all names, and nothing says what they are. */
const UNLABELLED: Grammar = {
  ...RULES,
  town: [...LABELLED['town']!, ...HELD_OUT['town']!],
  thing: [...LABELLED['thing']!, ...HELD_OUT['thing']!],
};

export interface News {
  /** Sentences as they are, to read. */
  readonly unlabelled: readonly (readonly string[])[];
  readonly labelled: readonly TaggedExample[];
  /** With names that no labelled sentence has. */
  readonly heldOut: readonly TaggedExample[];
}

export function news(count: Record<keyof News, number>, seed: number): News {
  const dice = new Dice(seed);
  const taken = new Set(BY_HAND.map(textOf));
  const draw = (number: number, grammar: Grammar): TaggedExample[] =>
    distinct(number, () => tagged(expand(grammar, 'sentence', dice)), textOf, taken);
  return {
    heldOut: draw(count.heldOut, HELD_OUT),
    labelled: draw(count.labelled, LABELLED),
    unlabelled: draw(count.unlabelled, UNLABELLED).map(({ words }) => words),
  };
}

/** `to [loc port jordan]`: three words, tagged O, B-loc and I-loc. */
function tagged(text: string): TaggedExample {
  const parts = [...text.matchAll(/\[(\w+) ([^\]]+)\]|([^[\] ]+)/g)].map(([, kind, inside, word]) => {
    const words = (inside ?? word!).split(' ');
    return {
      words,
      tags: words.map((_, i) => (kind === undefined ? 'O' : `${i === 0 ? 'B' : 'I'}-${kind}`)),
    };
  });
  return { words: parts.flatMap(({ words }) => words), tags: parts.flatMap(({ tags }) => tags) };
}

const textOf = ({ words }: TaggedExample): string => words.join(' ');

/** Written by hand, in pairs that differ in what a name is. */
export const BY_HAND: readonly TaggedExample[] = [
  '[per victoria] has two sisters',
  '[loc victoria] has two harbours',
  '[per olive] painted the olive in [loc lake charlotte]',
  'in [time june] [per june] went to [loc devon]',
  '[per may] may sell the piano in [time may]',
].map(tagged);
