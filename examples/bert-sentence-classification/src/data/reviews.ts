// Reviews of places that do not exist, made by rules written for this example. Counting words of praise and blame goes some
// way; the rest is in "not bad at all", "the food was cold, but …", "we had expected the room to be noisy, but we were wrong".
import type { TextExample } from '@tenon/data';
import { Dice, distinct } from '@tenon/example-kit';

type Verdict = 'good' | 'bad';

interface Topic extends Readonly<Record<Verdict, readonly string[]>> {
  readonly subjects: readonly string[];
}

const TOPICS: readonly Topic[] = [
  {
    subjects: ['soup', 'food', 'breakfast', 'fish', 'dinner', 'cake', 'bread', 'coffee', 'salad', 'sauce'],
    good: ['delicious', 'fresh', 'tasty', 'superb', 'excellent', 'well seasoned', 'perfectly cooked'],
    bad: ['bland', 'stale', 'cold', 'awful', 'greasy', 'overcooked', 'inedible'],
  },
  {
    subjects: ['room', 'bed', 'terrace', 'bathroom', 'garden', 'hall', 'balcony', 'cabin', 'lobby', 'sauna'],
    good: ['clean', 'quiet', 'spacious', 'bright', 'comfortable', 'lovely', 'spotless'],
    bad: ['dirty', 'noisy', 'cramped', 'gloomy', 'uncomfortable', 'shabby', 'damp'],
  },
  {
    subjects: ['waiter', 'host', 'staff', 'service', 'guide', 'manager', 'cook', 'porter', 'owner', 'barman'],
    good: ['friendly', 'helpful', 'polite', 'attentive', 'quick', 'charming', 'patient'],
    bad: ['rude', 'useless', 'careless', 'slow', 'unfriendly', 'grumpy', 'arrogant'],
  },
  {
    subjects: [
      'show',
      'tour',
      'concert',
      'exhibition',
      'boat trip',
      'museum',
      'music',
      'evening',
      'walk',
      'play',
    ],
    good: ['brilliant', 'moving', 'fun', 'fascinating', 'wonderful', 'memorable', 'worth every penny'],
    bad: ['dull', 'tedious', 'boring', 'pointless', 'dreadful', 'forgettable', 'a waste of money'],
  },
];

// Places of the training and of the held-out reviews: no syllable that begins a name of one begins a name of the other.
const FIRST = {
  train: ['vel', 'tor', 'mar', 'os', 'bel', 'gri', 'sha', 'cor'],
  heldOut: ['lun', 'dra', 'pem', 'ash'],
};
const LAST = ['mora', 'wick', 'dale', 'holm', 'rin', 'stead', 'by', 'vale', 'combe', 'ness'];
const KINDS = ['Inn', 'Lodge', 'Café', 'Theatre', 'Hotel', 'House', 'Bistro', 'Hall'];

const opposite = (verdict: Verdict): Verdict => (verdict === 'good' ? 'bad' : 'good');

/** Writes one review at a time. */
class Reviewer {
  readonly #dice: Dice;
  readonly #beginnings: readonly string[];

  constructor(dice: Dice, beginnings: readonly string[]) {
    this.#dice = dice;
    this.#beginnings = beginnings;
  }

  write(verdict: Verdict): string {
    const [before, after] = this.#dice.pick([
      ['', ''],
      [
        `We went to ${this.#place()} ${this.#dice.pick(['in March', 'last week', 'with friends', 'on a Sunday'])}. `,
        '',
      ],
      [`${this.#place()}: `, ''],
      ['', ` That was ${this.#place()}.`],
    ] as const);
    const opinion = this.#opinion(verdict);
    return `${before}${opinion[0]!.toUpperCase()}${opinion.slice(1)}.${after}`;
  }

  /** What the review comes to: the clause that decides, or what others thought, confirmed or put right. */
  #opinion(verdict: Verdict): string {
    const mine = this.#clause(verdict);
    const other = this.#clause(opposite(verdict));
    const right = this.#dice.chance(0.5);
    const { subject, adjective } = this.#parts(right ? verdict : opposite(verdict));
    return this.#dice.pick([
      () => mine,
      () => mine,
      () => `${mine} and ${this.#clause(verdict)}`,
      () => `${other}, but ${mine}`,
      () => `although ${other}, ${mine}`,
      () => `${mine}, even though ${other}`,
      () => `at first ${other}; in the end ${mine}`,
      () => `people say that the ${subject} was ${adjective}, which is simply ${right ? 'true' : 'not true'}`,
      () =>
        `we had expected the ${subject} to be ${adjective}, ${right ? 'and' : 'but'} we were ${right ? 'right' : 'wrong'}`,
      () => `${right ? 'everybody' : 'nobody'} could say that the ${subject} was ${adjective}`,
    ])();
  }

  /** A clause of that verdict: a word of it, or the opposite denied. */
  #clause(verdict: Verdict): string {
    const denied = this.#dice.chance(0.3);
    const { subject, adjective } = this.#parts(denied ? opposite(verdict) : verdict);
    const how = this.#dice.pick(
      denied
        ? ['not', 'not', 'never', 'hardly', 'anything but', 'far from', 'by no means']
        : ['', '', '', 'really', 'so', 'always', 'quite'],
    );
    return this.#dice.pick([
      () => `the ${subject} was ${how} ${adjective}`.replace('  ', ' '),
      () => `we ${denied ? 'did not find' : 'found'} the ${subject} ${adjective}`,
      () => `the ${subject} was ${denied ? 'not' : 'simply'} ${adjective}${denied ? ' at all' : ''}`,
    ])();
  }

  #parts(verdict: Verdict): { subject: string; adjective: string } {
    const topic = this.#dice.pick(TOPICS);
    return { subject: this.#dice.pick(topic.subjects), adjective: this.#dice.pick(topic[verdict]) };
  }

  #place(): string {
    const name = this.#dice.pick(this.#beginnings) + this.#dice.pick(LAST);
    return `${name[0]!.toUpperCase()}${name.slice(1)} ${this.#dice.pick(KINDS)}`;
  }
}

/** As many good as bad reviews, all different; those held out are about places that the others do not know. */
export function reviews(
  count: { train: number; heldOut: number },
  seed: number,
): { train: TextExample[]; heldOut: TextExample[] } {
  const dice = new Dice(seed);
  const taken = new Set(BY_HAND.map(({ text }) => text));
  const draw = (set: 'train' | 'heldOut'): TextExample[] => {
    const reviewer = new Reviewer(dice, FIRST[set]);
    const one = (i: number): TextExample => {
      const label = i % 2 === 0 ? 'good' : 'bad';
      return { text: reviewer.write(label), label };
    };
    return distinct(count[set], one, ({ text }) => text, taken);
  };
  return { heldOut: draw('heldOut'), train: draw('train') };
}

/** Written by hand, and not by the rules. */
export const BY_HAND: readonly TextExample[] = [
  { text: 'Not bad at all!', label: 'good' },
  { text: 'The food was not fresh.', label: 'bad' },
  { text: 'Delicious? The soup was anything but delicious.', label: 'bad' },
  { text: 'The room was small and noisy, but we slept well and the staff was charming.', label: 'good' },
  { text: 'The concert was brilliant, but the hall was so damp that we left.', label: 'bad' },
  { text: 'My mother had expected the guide to be rude, but she was wrong.', label: 'good' },
  { text: 'Although the cook was patient, the dinner was inedible.', label: 'bad' },
  { text: 'Nobody could say that our waiter was slow or careless.', label: 'good' },
  { text: 'The walk was never dull, not even in the rain.', label: 'good' },
  { text: 'People say that the museum is fascinating, which is simply not true.', label: 'bad' },
  { text: 'Hardly comfortable, this bed.', label: 'bad' },
  { text: 'The owner was far from unfriendly.', label: 'good' },
];
