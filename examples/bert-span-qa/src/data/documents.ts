// Documents about houses, and questions about them, made by rules for this example. A name belongs either to the training
// documents or to the held-out ones: what is asked of the latter has never been seen as an answer.
import type { SquadExample } from '@tenon/data';
import { type Dice, distinct } from '@tenon/example-kit';
import { FACTS, type Fact, type Kind } from './facts.ts';

export type Part = 'train' | 'test';

const HOUSES = list('inn mill bakery school library theatre hotel farm');
const COLOURS = list('Golden Silver Old Red Blue Green Black White');
const ANIMALS = list('Heron Fox Lion Owl Bear Swan Goose Ram Stag Otter');
const STARTS = list('Mar Tov Bel Lin Ras Kel Dor Fen Hal Jos Nor Pel Sig Ul Vin Wes Am Or Gre Bri');
const MIDDLES = list('a e i o u an el ir os un al em');
const PERSON_ENDS = list('ra na lo dek vik sen ta mus lin ko');
const TOWN_ENDS = list('burg stad ford wick ham holm dale port mere by');
const FLAVOURS = list('plum onion apple fish honey pepper cheese mushroom');
const DISHES = list('soup cake bread stew pie dumplings');
const ASIDES = [
  'It is loved by all who know it.',
  'The way there is long.',
  'Much has been written about it.',
  'A river runs past it.',
  'There is no house like it.',
];

/**
 * Questions about so many documents that differ from each other and from those in `taken`. A document has from 4 to 6 facts;
 * one in four of its questions has no answer.
 */
export function questionsAbout(
  documents: number,
  part: Part,
  dice: Dice,
  taken: Set<string>,
): SquadExample[] {
  const draw = (index: number): SquadExample[] => document(dice, part, `${part}-${index}`);
  return distinct(documents, draw, ([question]) => question!.context, taken).flat();
}

const QUESTIONS = 4;

function document(dice: Dice, part: Part, id: string): SquadExample[] {
  const house = `the ${dice.pick(COLOURS)} ${dice.pick(ANIMALS)}`;
  const facts = dice.shuffle(FACTS);
  const told = facts.slice(0, 4 + dice.integer(3));
  const answers = answersTo(told, dice, part);
  const places = new Map<Fact, SquadExample['answers'][number]>();
  let context = `${capital(house)} is ${article(dice.pick(HOUSES))}.`;
  for (const [i, fact] of told.entries()) {
    if (dice.chance(0.2)) context += ` ${dice.pick(ASIDES)}`;
    const sentence = dice.pick(fact.sentences);
    places.set(fact, { text: answers[i]!, start: context.length + 1 + sentence.indexOf('@') });
    context += ` ${sentence.replace('@', answers[i]!)}`;
  }
  const asked = dice.shuffle(told);
  const untold = facts.slice(told.length);
  return Array.from({ length: QUESTIONS }, (_, i) => {
    const isImpossible = dice.chance(0.25);
    const fact = (isImpossible ? untold : asked)[i]!;
    const question = dice.pick(fact.questions).replace('#', house);
    const place = places.get(fact);
    return { id: `${id}-${i}`, question, context, answers: place === undefined ? [] : [place], isImpossible };
  });
}

/** What is true of a house: nothing happens to it before it is opened. */
function answersTo(facts: readonly Fact[], dice: Dice, part: Part): string[] {
  const years = facts.filter(({ kind }) => kind === 'year').map(() => 1700 + dice.integer(300));
  years.sort((a, b) => (facts.some(({ isFirst }) => isFirst) ? b - a : 0));
  const opened = years.length > 0 && facts.some(({ isFirst }) => isFirst) ? years.pop() : undefined;
  return facts.map(({ kind, isFirst }) =>
    kind === 'year' ? String(isFirst ? opened : years.pop()) : answerOf(kind, dice, part),
  );
}

function answerOf(kind: Exclude<Kind, 'year'>, dice: Dice, part: Part): string {
  switch (kind) {
    case 'person':
      return `${name(dice, part, PERSON_ENDS)} ${name(dice, part, PERSON_ENDS)}`;
    case 'town':
      return name(dice, part, TOWN_ENDS);
    case 'price':
      return `${2 + dice.integer(98)} crowns`;
    case 'hour':
      return `${dice.pick(list('six seven eight nine ten eleven'))} o'clock`;
    case 'dish':
      return `${dice.pick(FLAVOURS)} ${dice.pick(DISHES)}`;
  }
}

/** One of 2,400 names of persons or of towns: every fifth is kept for the held-out documents. */
function name(dice: Dice, part: Part, ends: readonly string[]): string {
  for (;;) {
    const parts = [STARTS, MIDDLES, ends].map((all) => dice.integer(all.length));
    const [start, middle, end] = parts as [number, number, number];
    const heldOut = (start + middle + end) % 5 === 0;
    if (heldOut === (part === 'test')) return STARTS[start]! + MIDDLES[middle]! + ends[end]!;
  }
}

const capital = (text: string): string => text[0]!.toUpperCase() + text.slice(1);
const article = (noun: string): string => `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;

function list(words: string): string[] {
  return words.split(' ');
}
