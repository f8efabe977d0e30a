// Entailment: what is seen, and something said about it that is true, false or unknown, by rules written for this example.
import type { TextExample } from '@tenon/data';
import type { Dice } from '@tenon/example-kit';

const TRUTHS: readonly string[] = ['true', 'false', 'unknown'];

/** Words below a wider one: what is a goat is an animal. */
const PEOPLE = {
  child: ['girl', 'boy'],
  worker: ['farmer', 'baker', 'painter'],
  musician: ['singer', 'fiddler', 'drummer'],
} as const;
const OBJECTS = {
  animal: ['goat', 'horse', 'rabbit', 'duck'],
  fruit: ['pear', 'plum', 'cherry', 'melon'],
  tool: ['hammer', 'spade', 'saw', 'brush'],
} as const;
const VERBS: Readonly<Record<keyof typeof OBJECTS, readonly string[]>> = {
  animal: ['feeding', 'washing', 'leading'],
  fruit: ['eating', 'picking', 'selling'],
  tool: ['holding', 'buying', 'cleaning'],
};
const PLACES = {
  outdoors: ['in the garden', 'by the river', 'on the hill', 'in the street'],
  indoors: ['in the kitchen', 'in the barn', 'in the hall', 'in the cellar'],
} as const;
const DETAILS = ['tired', 'happy', 'tall', 'young', 'quiet'];

type Side = keyof typeof PLACES;

/** Somebody does something to something somewhere, each as the exact word and as the wider one. */
interface Scene {
  readonly who: readonly [exact: string, wider: string];
  readonly what: readonly [exact: string, wider: string];
  readonly verb: string;
  readonly where: readonly [exact: string, wider: Side];
}

export function scene(dice: Dice, index: number): TextExample {
  const label = TRUTHS[index % TRUTHS.length]!;
  const seen = draw(dice);
  return {
    text: say(seen.who[0], seen.verb, seen.what[0], seen.where[0]),
    textPair: CLAIMS[label]!(seen, dice),
    label,
  };
}

const CLAIMS: Readonly<Record<string, (seen: Scene, dice: Dice) => string>> = {
  true: (seen, dice) => {
    const { who, what, verb, where } = seen;
    return dice.pick([
      say(dice.pick(who), verb, dice.pick(what), where[1]),
      say(who[1], verb, dice.pick(what), dice.pick(where)),
      say(dice.pick(who), verb, what[1], dice.pick(where)),
      `${a(dice.pick(who))} is ${where[1]} .`,
    ]);
  },
  false: (seen, dice) => {
    const { who, what, verb, where } = seen;
    const otherSide = where[1] === 'indoors' ? 'outdoors' : 'indoors';
    const otherVerb = dice.pick(
      Object.values(VERBS)
        .flat()
        .filter((one) => one !== verb),
    );
    return dice.pick([
      say(dice.pick(who), verb, dice.pick(what), otherSide),
      say(dice.pick(who), verb, dice.pick(what), dice.pick(PLACES[otherSide])),
      `nobody is ${verb} ${a(dice.pick(what))} .`,
      `${a(dice.pick(who))} is not ${verb} ${a(dice.pick(what))} but ${otherVerb} it .`,
      `there is no ${dice.pick(who)} ${dice.pick(where)} .`,
    ]);
  },
  unknown: (seen, dice) => {
    const { who, what, verb, where } = seen;
    return dice.pick([
      `the ${dice.pick(who)} ${verb} ${a(dice.pick(what))} is ${dice.pick(DETAILS)} .`,
      say(`${dice.pick(DETAILS)} ${dice.pick(who)}`, verb, dice.pick(what), dice.pick(where)),
      `the ${dice.pick(what)} belongs to the ${dice.pick(who)} .`,
      `the ${dice.pick(who)} will be ${verb} another ${dice.pick(what)} ${dice.pick(where)} .`,
      `somebody has asked the ${dice.pick(who)} to be ${dice.pick(where)} .`,
    ]);
  },
};

function draw(dice: Dice): Scene {
  const person = dice.pick(Object.keys(PEOPLE)) as keyof typeof PEOPLE;
  const object = dice.pick(Object.keys(OBJECTS)) as keyof typeof OBJECTS;
  const side = dice.pick(Object.keys(PLACES)) as Side;
  return {
    who: [dice.pick<string>(PEOPLE[person]), person],
    what: [dice.pick<string>(OBJECTS[object]), object],
    verb: dice.pick(VERBS[object]),
    where: [dice.pick<string>(PLACES[side]), side],
  };
}

const say = (who: string, verb: string, what: string, where: string): string =>
  `${a(who)} is ${verb} ${a(what)} ${where} .`;

const a = (noun: string): string => `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
