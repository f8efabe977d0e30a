// Documents about houses, and questions about them, made by rules for this example. A name belongs either to the training
// documents or to the held-out ones: what is asked of the latter has never been seen as an answer.
import type { SquadExample } from '@tenon/data';
import { type Dice, distinct } from '@tenon/example-kit';
import { FACTS, type Fact, type Kind } from './facts.ts';

export type Part = 'train' | 'test';

const COLOURS = list('Golden Silver Old Red Blue Green Black White');
const ANIMALS = list('Heron Fox Lion Owl Bear Swan Goose Ram Stag Otter');
const STARTS = list('Mar Tov Bel Lin Ras Kel Dor Fen Hal Jos Nor Pel Sig Ul Vin Wes Am Or Gre Bri');
const MIDDLES = list('a e i o u an el ir os un al em');
const PERSON_ENDS = list('ra na lo dek vik sen ta mus lin ko');
const TOWN_ENDS = list('burg stad ford wick ham holm dale port mere by');
const FLAVOURS = list('plum onion apple fish honey pepper cheese mushroom');
const DISHES = list('soup cake bread stew pie dumplings');

/**
 * Questions about so many documents that differ from each other and from those in `taken`. A document has 2 or 3 facts;
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

const QUESTIONS = 2;

function document(dice: Dice, part: Part, id: string): SquadExample[] {
  const told = factsToTell(2 + dice.integer(2), dice);
  const answers = answersTo(told, dice, part);
  const places = new Map<Fact, SquadExample['answers'][number]>();
  let context = `The ${dice.pick(COLOURS)} ${dice.pick(ANIMALS)}.`;
  for (const [i, fact] of told.entries()) {
    const sentence = dice.pick(fact.sentences);
    places.set(fact, { text: answers[i]!, start: context.length + 1 + sentence.indexOf('@') });
    context += ` ${sentence.replace('@', answers[i]!)}`;
  }
  const asked = dice.shuffle(told);
  const untold = dice.shuffle(FACTS.filter((fact) => !told.includes(fact)));
  const plausible = untold.filter(({ kind }) => told.some((fact) => fact.kind === kind));
  return Array.from({ length: QUESTIONS }, (_, i) => {
    const isImpossible = dice.chance(0.25);
    const fact = isImpossible ? (dice.chance(0.5) && plausible[i]) || untold[i]! : asked[i]!;
    const question = dice.pick(fact.questions);
    const place = places.get(fact);
    return { id: `${id}-${i}`, question, context, answers: place === undefined ? [] : [place], isImpossible };
  });
}

/** One time in two, two facts have answers of the same kind, and only what is said of them tells which is asked for. */
function factsToTell(count: number, dice: Dice): Fact[] {
  const kinds = dice.shuffle([...new Set(FACTS.map(({ kind }) => kind))]);
  const facts = kinds.flatMap((kind) => {
    const alike = dice.shuffle(FACTS.filter((fact) => fact.kind === kind));
    return dice.chance(0.5) ? alike : alike.slice(0, 1);
  });
  return dice.shuffle(facts.slice(0, count));
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
      return name(dice, part, PERSON_ENDS);
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

function list(words: string): string[] {
  return words.split(' ');
}
