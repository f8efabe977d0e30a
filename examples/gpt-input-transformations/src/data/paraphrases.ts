// Similarity: two sentences that say the same in other words, or that do not, by rules written for this example.
import type { TextExample } from '@tenon/data';
import type { Dice } from '@tenon/example-kit';

const SAME: readonly string[] = ['different', 'same'];

const PEOPLE = ['baker', 'doctor', 'teacher', 'sailor', 'painter', 'tailor', 'judge', 'cook'];
/** Two ways to say each: what one does, and what is done to the other. */
const VERBS: readonly (readonly (readonly [active: string, passive: string])[])[] = [
  [
    ['helps', 'helped'],
    ['assists', 'assisted'],
  ],
  [
    ['calls', 'called'],
    ['phones', 'phoned'],
  ],
  [
    ['visits', 'visited'],
    ['goes to see', 'visited'],
  ],
  [
    ['praises', 'praised'],
    ['speaks well of', 'praised'],
  ],
  [
    ['pays', 'paid'],
    ['gives money to', 'paid'],
  ],
  [
    ['follows', 'followed'],
    ['walks behind', 'followed'],
  ],
];
const TIMES = [
  ['every week', 'once a week'],
  ['at dawn', 'early in the morning'],
  ['at dusk', 'when it gets dark'],
  ['very often', 'again and again'],
  ['in winter', 'when it is cold'],
] as const;

interface Event {
  readonly who: string;
  readonly whom: string;
  /** Indices of VERBS and TIMES. */
  readonly verb: number;
  readonly time: number;
}

export function pairOfSentences(dice: Dice, index: number): TextExample {
  const label = SAME[index % SAME.length]!;
  const [who, whom] = dice.shuffle(PEOPLE) as [string, string];
  const event = { who, whom, verb: dice.integer(VERBS.length), time: dice.integer(TIMES.length) };
  const other = label === 'same' ? event : changed(event, dice);
  const text = say(event, dice);
  for (;;) {
    const textPair = say(other, dice);
    if (textPair !== text) return { text, textPair, label };
  }
}

/** Another event: of who, whom, what and when at least one is another, and most often several. */
function changed(event: Event, dice: Dice): Event {
  const { who, whom } = event;
  const [first, second] = dice.shuffle(PEOPLE.filter((person) => person !== who && person !== whom));
  const other = {
    who: dice.chance(0.6) ? first! : who,
    whom: dice.chance(0.6) ? second! : whom,
    verb: dice.chance(0.6) ? (event.verb + 1 + dice.integer(VERBS.length - 1)) % VERBS.length : event.verb,
    time: dice.chance(0.6) ? (event.time + 1 + dice.integer(TIMES.length - 1)) % TIMES.length : event.time,
  };
  const isSame =
    other.who === who && other.whom === whom && other.verb === event.verb && other.time === event.time;
  return isSame ? { ...event, who: whom, whom: who } : other;
}

function say({ who, whom, verb, time }: Event, dice: Dice): string {
  const [active, passive] = dice.pick(VERBS[verb]!);
  const when = dice.pick(TIMES[time]!);
  return dice.pick([
    `${when} the ${who} ${active} the ${whom} .`,
    `the ${who} ${active} the ${whom} ${when} .`,
    `the ${whom} is ${passive} by the ${who} ${when} .`,
    `${when} the ${whom} is ${passive} by the ${who} .`,
  ]);
}
