// Similarity: two sentences that say the same in other words, or that do not, by rules written for this example.
import type { TextExample } from '@tenon/data';
import type { Dice } from '@tenon/example-kit';

const SAME: readonly string[] = ['different', 'same'];

/** Who does what, and when: two ways to say each. */
const PARTS: readonly (readonly (readonly [one: string, other: string])[])[] = [
  [
    ['the doctor', 'our physician'],
    ['the boy', 'a young lad'],
    ['the thief', 'a burglar'],
    ['the cook', 'our chef'],
    ['the sailor', 'a man of the sea'],
    ['the teacher', 'the head of the school'],
    ['the lady next door', 'my neighbour'],
    ['the mayor', 'the first man of the town'],
  ],
  [
    ['cleans the house', 'tidies up all rooms'],
    ['repairs the bicycle', 'mends a broken bike'],
    ['calls the police', 'phones for an officer'],
    ['buys a present', 'looks for something to give'],
    ['goes to see a film', 'watches a movie'],
    ['sings in the bath', 'makes music under the shower'],
    ['falls ill', 'has a fever'],
    ['feeds the animals', 'brings hay to the cows'],
  ],
  [
    ['every week', 'on each Monday'],
    ['at dawn', 'early in the morning'],
    ['at dusk', 'when it gets dark'],
    ['very often', 'again and again'],
    ['in winter', 'when snow lies outside'],
    ['before dinner', 'ahead of the evening meal'],
  ],
];

/** Which of its PARTS each of the three is. */
type Event = readonly number[];

export function pairOfSentences(dice: Dice, index: number): TextExample {
  const label = SAME[index % SAME.length]!;
  const event = PARTS.map((ways) => dice.integer(ways.length));
  const other = label === 'same' ? event : changed(event, dice);
  const text = say(event, dice);
  for (;;) {
    const textPair = say(other, dice);
    if (textPair !== text) return { text, textPair, label };
  }
}

/** Another event: one of who, what and when is another, and often more than one. */
function changed(event: Event, dice: Dice): Event {
  const certain = dice.integer(event.length);
  return event.map((way, i) => {
    const ways = PARTS[i]!.length;
    return i === certain || dice.chance(0.4) ? (way + 1 + dice.integer(ways - 1)) % ways : way;
  });
}

function say(event: Event, dice: Dice): string {
  const [who, what, when] = event.map((way, i) => dice.pick(PARTS[i]![way]!));
  return dice.pick([
    `${when} ${who} ${what} .`,
    `${who} ${what} ${when} .`,
    `it is ${who} who ${what} ${when} .`,
  ]);
}
