// Pairs of a premise and a hypothesis, made by rules written for this example: the premise makes the hypothesis true, false,
// or leaves it unknown. Each hypothesis alone could be any of the three, and swapping two words of it changes the answer, so
// that neither sentence nor a bag of words tells the label.
import type { TextExample } from '@tenon/data';
import { Dice, distinct } from '@tenon/example-kit';

type Answer = 'true' | 'false' | 'unknown';
/** Premise and hypothesis. */
type Pair = readonly [string, string];

const NAMES = ['Ada', 'Ben', 'Edda', 'Felix', 'Greta', 'Hugo'];
const INSIDE = ['kitchen', 'library', 'cellar', 'bathroom', 'workshop', 'office'];
const OUTSIDE = ['garden', 'forest', 'meadow', 'harbour', 'orchard', 'street'];
const DOING = ['singing', 'reading', 'drawing', 'laughing', 'counting', 'knitting'];
/** Kinds of things by the word for all of them. */
const KINDS = {
  animal: ['dog', 'horse', 'goat', 'rabbit', 'heron'],
  fruit: ['pear', 'plum', 'melon', 'cherry', 'fig'],
  tool: ['hammer', 'saw', 'spade', 'rake', 'drill'],
  vehicle: ['tram', 'bicycle', 'lorry', 'ferry', 'bus'],
} as const;
const COMPARED = [
  ['older', 'younger'],
  ['taller', 'shorter'],
  ['faster', 'slower'],
] as const;
const DEEDS = ['painted', 'found', 'sold', 'washed', 'hid', 'bought'];
const GROUPS = ['children', 'sailors', 'bakers', 'players', 'farmers', 'dancers'];
const STATES = ['tired', 'happy', 'hungry', 'asleep', 'wet', 'angry'];

/** Several that differ. */
function some<Item>(dice: Dice, items: readonly Item[], count: number): Item[] {
  return dice.shuffle(items).slice(0, count);
}

/** Where somebody is: one cannot be at two places, and what one does there does not follow from it. */
function place(dice: Dice, answer: Answer): Pair {
  const inside = dice.chance(0.5);
  const [here, elsewhere] = some(dice, inside ? INSIDE : OUTSIDE, 2);
  const [name, other] = some(dice, NAMES, 2);
  const [doing, another] = some(dice, DOING, 2);
  const [side, wrongSide] = inside ? ['indoors', 'outdoors'] : ['outdoors', 'indoors'];
  const premise = `${name} is ${doing} in the ${here}.`;
  const hypotheses: Record<Answer, readonly string[]> = {
    true: [
      `${name} is ${side}.`,
      `${name} is not ${wrongSide}.`,
      `${name} is in the ${here}.`,
      `Somebody is ${doing}.`,
      `${name} is not in the ${elsewhere}.`,
    ],
    false: [
      `${name} is ${wrongSide}.`,
      `${name} is not ${side}.`,
      `${name} is in the ${elsewhere}.`,
      `Nobody is ${doing}.`,
      `${name} is not in the ${here}.`,
    ],
    unknown: [
      `${other} is ${dice.pick(['indoors', 'outdoors'])}.`,
      `${other} is not ${dice.pick(['indoors', 'outdoors'])}.`,
      `${other} is in the ${here}.`,
      `${dice.pick(['Somebody', 'Nobody'])} is ${another}.`,
      `${other} is not in the ${here}.`,
    ],
  };
  return [premise, dice.pick(hypotheses[answer])];
}

/** Who is older than whom, also by way of a third. */
function comparison(dice: Dice, answer: Answer): Pair {
  const [a, b, c, d] = some(dice, NAMES, 4) as [string, string, string, string];
  const [words, others] = some(dice, COMPARED, 2) as [readonly [string, string], readonly [string, string]];
  const [more, less] = dice.shuffle(words);
  const chain = dice.chance(0.3);
  const premise = chain
    ? `${a} is ${more} than ${b} and ${b} is ${more} than ${c}.`
    : `${a} is ${more} than ${b}.`;
  const lower = chain ? c : b;
  const say = (upper: string, beneath: string): string =>
    dice.chance(0.5) ? `${upper} is ${more} than ${beneath}.` : `${beneath} is ${less} than ${upper}.`;
  if (answer === 'true') return [premise, say(a, lower)];
  if (answer === 'false') return [premise, say(lower, a)];
  if (dice.chance(0.5)) return [premise, dice.chance(0.5) ? say(a, d) : say(d, a)];
  return [premise, `${a} is ${dice.pick(others)} than ${lower}.`];
}

/** A dog is an animal; an animal need not be a dog. */
function kind(dice: Dice, answer: Answer): Pair {
  const [all, another] = some(dice, Object.keys(KINDS) as (keyof typeof KINDS)[], 2);
  const [thing, sister] = some<string>(dice, KINDS[all!], 2);
  const [name, other] = some(dice, NAMES, 2);
  const [deed, deed2] = some(dice, DEEDS, 2);
  const premise = `${name} ${deed} a ${thing}.`;
  switch (answer) {
    case 'true':
      return [
        premise,
        dice.pick([
          `${name} ${deed} ${a(all!)}.`,
          `A ${thing} was ${passive(deed!)}.`,
          `Somebody ${deed} a ${thing}.`,
          `${name} ${deed} something.`,
        ]),
      ];
    case 'false':
      return [
        premise,
        dice.pick([
          `${name} ${deed} no ${all}.`,
          `No ${thing} was ${passive(deed!)}.`,
          `Nobody ${deed} a ${thing}.`,
          `${name} ${deed} nothing.`,
        ]),
      ];
    case 'unknown':
      return dice.chance(0.3)
        ? [`${name} ${deed} ${a(all!)}.`, `${name} ${deed} a ${thing}.`]
        : [
            premise,
            dice.pick([
              `${name} ${deed} ${a(another!)}.`,
              `${name} ${deed} a ${sister}.`,
              `${other} ${deed} ${a(all!)}.`,
              `A ${thing} was ${passive(deed2!)}.`,
              `${name} ${deed2} nothing.`,
              `No ${sister} was ${passive(deed!)}.`,
            ]),
          ];
  }
}

const a = (noun: string): string => (/^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`);
const passive = (deed: string): string => (deed === 'hid' ? 'hidden' : deed);

/** All are some, none is not any; of some one does not know about all. */
function quantity(dice: Dice, answer: Answer): Pair {
  const [group, group2] = some(dice, GROUPS, 2);
  const [state, state2] = some(dice, STATES, 2);
  const are = (how: string, who = group, what = state): string => `${how} the ${who} are ${what}.`;
  const [all, few, none] = ['All of', 'Some of', 'None of'];
  const pairs: Record<Answer, readonly Pair[]> = {
    true: [
      [are(all!), are(few!)],
      [are(few!), are('At least one of')],
      [are(none!), are('Not all of')],
      [are('Half of'), are(few!)],
      [are('Half of'), are('Not all of')],
    ],
    false: [
      [are(all!), are(none!)],
      [are(few!), are(none!)],
      [are(none!), are(few!)],
      [are(all!), are('Not all of')],
      [are('Half of'), are(all!)],
    ],
    unknown: [
      [are(few!), are(all!)],
      [are('Not all of'), are(few!)],
      [are(all!), are(dice.pick([all!, few!, none!]), group2)],
      [are(none!), are(dice.pick([all!, few!, none!]), group, state2)],
      [are('At least one of'), are('Half of')],
    ],
  };
  return dice.pick(pairs[answer]);
}

/** What came first: "before" and "after" turn each other round. */
function order(dice: Dice, answer: Answer): Pair {
  const [first, second, third] = some(dice, [...KINDS.vehicle, 'guide', 'doctor', 'postman'], 3);
  const [verb, another] = some(dice, ['left', 'arrived', 'stopped', 'turned'], 2);
  const say = (early: string, late: string, what = verb): string =>
    dice.chance(0.5) ? `The ${early} ${what} before the ${late}.` : `The ${late} ${what} after the ${early}.`;
  const premise = say(first!, second!);
  if (answer === 'true') return [premise, say(first!, second!)];
  if (answer === 'false') return [premise, say(second!, first!)];
  return [
    premise,
    dice.chance(0.5)
      ? say(...(some(dice, [first!, second!], 2) as [string, string]), another)
      : say(first!, third!),
  ];
}

const SCENES = [place, comparison, kind, quantity, order];
const ANSWERS: readonly Answer[] = ['true', 'false', 'unknown'];

/** As many of each answer, all different; none of those held out is learned from. */
export function pairs(
  count: { train: number; heldOut: number },
  seed: number,
): { train: TextExample[]; heldOut: TextExample[] } {
  const dice = new Dice(seed);
  const keyOf = ({ text, textPair }: TextExample): string => `${text} ${textPair}`;
  const taken = new Set(BY_HAND.map(keyOf));
  const draw = (i: number): TextExample => {
    const label = ANSWERS[i % ANSWERS.length]!;
    const [text, textPair] = dice.pick(SCENES)(dice, label);
    return text === textPair ? draw(i) : { text, textPair, label };
  };
  return {
    heldOut: distinct(count.heldOut, draw, keyOf, taken),
    train: distinct(count.train, draw, keyOf, taken),
  };
}

/** Written by hand, and not by the rules. */
export const BY_HAND: readonly TextExample[] = [
  { text: 'Greta is knitting in the cellar.', textPair: 'Greta is not in the garden.', label: 'true' },
  { text: 'Greta is knitting in the cellar.', textPair: 'Hugo is in the cellar.', label: 'unknown' },
  {
    text: 'Felix is taller than Greta and Greta is taller than Ada.',
    textPair: 'Ada is shorter than Felix.',
    label: 'true',
  },
  {
    text: 'Felix is taller than Greta and Greta is taller than Ada.',
    textPair: 'Ada is taller than Felix.',
    label: 'false',
  },
  { text: 'Felix is taller than Greta.', textPair: 'Felix is older than Greta.', label: 'unknown' },
  { text: 'Half of the sailors are asleep.', textPair: 'None of the sailors are asleep.', label: 'false' },
  { text: 'Edda bought a ferry.', textPair: 'Somebody bought a vehicle.', label: 'true' },
  { text: 'Edda bought a vehicle.', textPair: 'Edda bought a ferry.', label: 'unknown' },
];
