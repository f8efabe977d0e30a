// Sentences by rules written for this example, with four questions about some of their words. Is it an animal, a person or a
// thing, as the word itself tells? Is it a noun or a verb ("the watch", "they watch")? Who does it, and to whom is it done ("the
// fox chased the cat", "the cat was chased by the fox")? And of whom does "she" speak, the first or the second person in the
// sentence?
import type { TaggedExample } from '@tenon/data';
import { Dice, distinct } from '@tenon/example-kit';

export const QUESTIONS = ['sort', 'kind', 'role', 'reference'] as const;
export type Question = (typeof QUESTIONS)[number];

/** A sentence as a table: each word with its answers, `O` where a question does not ask about it. */
interface Story {
  readonly words: readonly string[];
  readonly tags: Readonly<Record<Question, readonly string[]>>;
}

const list = (text: string): string[] => text.split(' ');

const CHAIN = list('wolf fox cat rat frog spider beetle'); // each hunts those after it
const HUNTS = list('chased caught bit followed scared killed');
const FLEES = list('feared avoided watched heard noticed'); // done by the weaker one
const WOMEN = list('anna mary emma laura');
const MEN = list('ben paul tom max');
const THINGS = list('hat table book lamp coat letter bottle piano');
const RELATIVES = list('friend cousin neighbour teacher');
const STATES = list('new old small quiet dirty long');
const BOTH = list('watch play walk drink ring light dream paint'); // nouns and verbs
const WHERE = ['in the garden', 'near the house', 'under the bridge', 'at the lake'];

const SORTS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({ animal: CHAIN, person: [...WOMEN, ...MEN], thing: THINGS }).flatMap(([sort, words]) =>
    words.map((word) => [word, sort]),
  ),
);

/** `cat/patient`: a word with the answer to one question. */
function story(text: string): Story {
  const pairs = text.split(' ').map((part) => part.split('/') as [string, string?]);
  const answers = (names: readonly string[]): string[] =>
    pairs.map(([, answer]) => (answer !== undefined && names.includes(answer) ? `B-${answer}` : 'O'));
  return {
    words: pairs.map(([word]) => word),
    tags: {
      sort: pairs.map(([word]) => (word in SORTS ? `B-${SORTS[word]}` : 'O')),
      kind: answers(['noun', 'verb']),
      role: answers(['agent', 'patient']),
      reference: answers(['first', 'second']),
    },
  };
}

function hunt(dice: Dice): string {
  const [i, j] = dice
    .shuffle([...CHAIN.keys()])
    .slice(0, 2)
    .sort() as [number, number];
  const flees = dice.chance(0.4);
  const [strong, weak] = [CHAIN[i]!, CHAIN[j]!];
  const agent = `the ${flees ? weak : strong}/agent`;
  const patient = `the ${flees ? strong : weak}/patient`;
  const did = dice.pick(flees ? FLEES : HUNTS);
  return dice.pick([
    `${agent} ${did} ${patient} ${dice.pick(WHERE)}`,
    `${patient} was ${did} by ${agent} ${dice.pick(WHERE)}`,
    `${patient} that ${agent} ${did} ran away`,
    `${agent} that ${did} ${patient} ran away`,
    `${dice.pick(WHERE)} ${patient} was ${did} by ${agent}`,
    `${agent} hid because ${patient} was ${did} quickly`,
  ]);
}

function meeting(dice: Dice): string {
  const [woman, man] = [dice.pick(WOMEN), dice.pick(MEN)];
  const womanFirst = dice.chance(0.5);
  const [a, b] = womanFirst ? [woman, man] : [man, woman];
  const she = dice.chance(0.5);
  const who = `${she ? 'she' : 'he'}/${she === womanFirst ? 'first' : 'second'}`;
  const lost = `${dice.pick(['lost', 'sold', 'painted', 'cleaned', 'found'])} ${she ? 'her' : 'his'} ${dice.pick(THINGS)}`;
  const met = dice.pick(['met', 'called', 'asked']);
  return dice.pick([
    `${a} ${met} ${b} because ${who} ${lost}`,
    `${a} ${met} ${b} before ${who} ${lost}`,
    `when ${a} ${met} ${b} ${dice.pick(WHERE)} ${who} ${lost}`,
    `before ${who} ${lost} ${a} ${met} ${b}`,
  ]);
}

/** A meeting that goes on with the name of the one who is spoken of: to predict it one has to know who that is. */
function meetingAndName(dice: Dice): string {
  const told = meeting(dice);
  const [first, second] = told.split(' ').filter((word) => WOMEN.includes(word) || MEN.includes(word));
  return `${told} so ${told.includes('/first') ? first : second} ${dice.pick(['ran', 'hid'])}`;
}

/** Nobody could know who is a woman if nothing said so. */
function owner(dice: Dice): string {
  const woman = dice.chance(0.5);
  const [name, her, she] = woman ? [dice.pick(WOMEN), 'her', 'she'] : [dice.pick(MEN), 'his', 'he'];
  return dice.pick([
    `${name} ${dice.pick(['lost', 'sold', 'found'])} ${her} ${dice.pick(THINGS)}`,
    `${name} and ${her} ${dice.pick(RELATIVES)} met ${dice.pick(WHERE)}`,
    `${name} called ${her} ${dice.pick(RELATIVES)} because ${she} lost the ${dice.pick(THINGS)}`,
  ]);
}

function ambiguous(dice: Dice): string {
  const word = dice.pick(BOTH);
  const other = dice.pick(BOTH);
  const name = dice.pick([...WOMEN, ...MEN]);
  const opening = dice.pick(['', 'at night ', 'every day ', 'near the lake ', 'last morning ']);
  return dice.pick([
    `${opening}the ${word}/noun is ${dice.pick(STATES)}`,
    `${opening}${name} lost the ${word}/noun ${dice.pick(WHERE)}`,
    `${opening}they ${word}/verb every ${dice.pick(['day', 'night', 'morning'])}`,
    `${opening}we must ${word}/verb with ${name}`,
    `${opening}they ${word}/verb before the ${other}/noun`,
    `${opening}${name} is ${dice.pick(STATES)} because we ${word}/verb`,
    `${opening}${name} sold a ${dice.pick(STATES)} ${word}/noun`,
  ]);
}

const SOURCES: Readonly<Record<Question, (dice: Dice) => string>> = {
  sort: (dice) => dice.pick([hunt, owner, meeting])(dice),
  role: hunt,
  reference: meeting,
  kind: ambiguous,
};
export interface Stories {
  /** To read, without any answer. */
  readonly reading: readonly string[];
  readonly questions: Readonly<Record<Question, { train: TaggedExample[]; heldOut: TaggedExample[] }>>;
}

/** No sentence that is held out is read, or asked about in training. */
export function stories(count: { reading: number; train: number; heldOut: number }, seed: number): Stories {
  const dice = new Dice(seed);
  const taken = new Set<string>();
  const text = ({ words }: { readonly words: readonly string[] }): string => words.join(' ');
  const draw = (number: number, question: Question): TaggedExample[] =>
    distinct(number, () => story(SOURCES[question](dice)), text, taken).map(({ words, tags }) => ({
      words,
      tags: tags[question],
    }));
  const questions = QUESTIONS.map((question) => {
    const heldOut = draw(count.heldOut, question);
    return [question, { heldOut, train: draw(count.train, question) }] as const;
  });
  const reading = Array.from({ length: count.reading }, () => {
    let read: string;
    do read = text(story(dice.pick([hunt, meetingAndName, meetingAndName, owner, ambiguous])(dice)));
    while (taken.has(read));
    return read;
  });
  return { reading, questions: Object.fromEntries(questions) as Stories['questions'] };
}
