// Sentences about words that have two senses, made by rules written for this example. The sense shows before the word
// ("the thief robbed the bank"), after it ("the bank lends money"), or on both sides; what stands on the other side says nothing.
import { Dice, distinct, expand, type Grammar } from '@tenon/example-kit';

/** Where the words are that tell the sense. */
export type Cue = 'before' | 'after';

export interface SenseSentence {
  readonly words: readonly string[];
  /** Where the word with two senses stands. */
  readonly place: number;
  readonly sense: string;
  readonly cue: Cue;
}

interface Sense {
  /** What it is like. */
  readonly like: readonly string[];
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Other words that could stand there. */
  readonly alike: readonly string[];
}

interface Ambiguous {
  readonly senses: Readonly<Record<string, Sense>>;
  /** What says nothing of the sense. */
  readonly neutralBefore: readonly string[];
  readonly neutralAfter: readonly string[];
}

const list = (text: string): string[] => text.split(' ');

/** What anything can be like. */
const LIKE = list('second big good strange nice');

const PARTS: Grammar = {
  who: ['she', 'he', 'anna', 'my uncle', 'my aunt', 'our teacher'],
  sum: ['cash', 'some money', 'a coin', 'ten dollars', 'a cheque', 'her wages'],
  clerk: list('clerk manager banker cashier'),
  animal: list('duck otter heron beaver swan frog'),
  water: list('river stream lake water'),
  fish: list('trout pike salmon perch'),
  ball: list('ball player team coach'),
  insect: list('moth fly beetle spider'),
  wood: list('ash maple willow'),
  letter: list('letter treaty document will'),
  machine: list('clock engine lock watch'),
};

export const AMBIGUOUS: Readonly<Record<string, Ambiguous>> = {
  bank: {
    senses: {
      money: {
        like: list('busy rich honest closed'),
        before: [
          '{who} brought {sum} to the',
          '{who} owes {sum} to the',
          'the thief robbed the',
          'the {clerk} works in the',
          '{who} borrowed {sum} from the',
          '{who} opened an account at the',
        ],
        after: [
          'to deposit {sum}',
          'to change {sum}',
          'to pay a bill',
          'because the {clerk} had called',
          'and asked for a loan',
          'where the {clerk} counts {sum}',
        ],
        alike: ['office', 'post', 'shop'],
      },
      river: {
        like: list('muddy steep grassy wet'),
        before: [
          'the {animal} swam to the',
          'the {water} flooded the',
          'the {animal} built a nest on the',
          'reeds grow on the',
          '{who} tied the boat to the',
          'the canoe drifted to the',
        ],
        after: [
          'to sit down',
          'to sit down in the grass',
          'to catch a {fish}',
          'to watch the {animal}',
          'because the {water} was rising',
          'and fed the {animal}',
          'where the willow grows',
        ],
        alike: ['shore', 'beach', 'island'],
      },
    },
    neutralBefore: [
      'i went to the',
      'we waited at the',
      'they walked to the',
      '{who} stood near the',
      '{who} came to the',
      'we met at the',
    ],
    neutralAfter: ['in the morning', 'again', 'on monday', 'yesterday', 'with my brother', 'after lunch'],
  },
  bat: {
    senses: {
      animal: {
        like: list('hungry furry tiny sleepy'),
        before: [
          'a {insect} was eaten by the',
          'out of the cave came a',
          'in the dark attic hung a',
          'the owl chased the',
          'with wings of skin flew the',
        ],
        after: [
          'flew out of the cave',
          'hung from the roof',
          'caught a {insect}',
          'slept until night',
          'has ears and wings',
          'feeds its young',
        ],
        alike: ['owl', 'bird', 'mouse'],
      },
      club: {
        like: list('wooden heavy polished cracked'),
        before: [
          'the {ball} was hit with the',
          'the player swung the',
          'out of {wood} wood they carved a',
          'the coach gave the batter a',
          'the batter dropped the',
        ],
        after: [
          'hit the {ball} hard',
          'is made of {wood} wood',
          'cracked when the {ball} came',
          'belongs to the team',
          'lay beside the {ball}',
          'was swung by the player',
        ],
        alike: ['stick', 'racket', 'club'],
      },
    },
    neutralBefore: [
      'we looked for the',
      'he found a',
      'she showed me the',
      'everybody saw the',
      'look at that',
      'they spoke of the',
    ],
    neutralAfter: ['yesterday', 'again', 'on monday', 'in the evening', 'after dinner', 'last week'],
  },
  spring: {
    senses: {
      water: {
        like: list('clear bubbling salty mossy'),
        before: [
          '{who} drank from the',
          'the {water} comes from a',
          'the village gets its water from the',
          'deep in the hills {who} found a',
          'the deer drink at the',
        ],
        after: [
          'flows into the {water}',
          'has cold clear water',
          'dried up in august',
          'feeds the {water}',
          'gives water to the village',
          'rises in the hills',
        ],
        alike: ['well', 'fountain', 'brook'],
      },
      metal: {
        like: list('rusty bent steel tight'),
        before: [
          'the mechanic bent the',
          'the {machine} needs a new',
          '{who} oiled the rusty',
          'inside the {machine} there is a',
          'the old mattress lost a',
        ],
        after: [
          'drives the {machine}',
          'is made of steel',
          'broke inside the {machine}',
          'was bent and rusty',
          'closes the {machine}',
          'belongs in the mattress',
        ],
        alike: ['screw', 'wheel', 'bolt'],
      },
    },
    neutralBefore: [
      'we looked for the',
      'he found the',
      'she showed me the',
      'they talked about the',
      'look at this',
      'i remember the',
    ],
    neutralAfter: ['yesterday', 'again', 'on monday', 'in the evening', 'after dinner', 'last week'],
  },
};

/** Many sentences to read, none of them one of those asked about, and those: as many of each sense and place of its cue. */
export function senseSentences(
  count: { readonly reading: number; readonly asked: number },
  seed: number,
): { reading: string[][]; asked: ReadonlyMap<string, readonly SenseSentence[]> } {
  const dice = new Dice(seed);
  const taken = new Set(BANKS.map(({ words }) => words.join(' ')));
  const text = ({ words }: SenseSentence): string => words.join(' ');
  const asked = Object.entries(AMBIGUOUS).map(([word, { senses }]) => {
    const kinds = Object.keys(senses).flatMap((sense) =>
      (['before', 'after'] as const).map((cue) => ({ word, sense, cue })),
    );
    return [
      word,
      kinds.flatMap((kind) => distinct(count.asked, () => sentence(kind, dice), text, taken)),
    ] as const;
  });
  const reading = Array.from({ length: count.reading }, () => {
    const word = dice.pick(Object.keys(AMBIGUOUS));
    const sense = dice.pick(Object.keys(AMBIGUOUS[word]!.senses));
    let drawn: SenseSentence;
    do drawn = sentence({ word, sense, cue: dice.pick(['before', 'after', 'both', 'both']) }, dice);
    while (taken.has(text(drawn)));
    const { alike } = AMBIGUOUS[word]!.senses[sense]!;
    return drawn.words.map((one, i) => (i === drawn.place && dice.chance(0.4) ? dice.pick(alike) : one));
  });
  return { reading, asked: new Map(asked) };
}

function sentence(
  { word, sense, cue }: { word: string; sense: string; cue: Cue | 'both' },
  dice: Dice,
): SenseSentence {
  const { senses, neutralBefore, neutralAfter } = AMBIGUOUS[word]!;
  const { like, before, after } = senses[sense]!;
  const write = (choices: readonly string[]): string[] =>
    expand({ ...PARTS, choices }, 'choices', dice).split(' ');
  const left = write(cue === 'after' ? neutralBefore : before);
  if (dice.chance(0.6)) left.push(dice.pick(cue === 'after' ? LIKE : like));
  const right = write(cue === 'before' ? neutralAfter : after);
  return {
    words: [...left, word, ...right],
    place: left.length,
    sense,
    cue: cue === 'before' ? 'before' : 'after',
  };
}

/** "bank" in sentences written by hand: the first two begin alike, up to the word and beyond. */
export const BANKS: readonly SenseSentence[] = [
  ['money', 'after', 'i went to the bank to deposit cash'],
  ['river', 'after', 'i went to the bank to sit down'],
  ['money', 'after', 'we waited at the bank to change some money'],
  ['river', 'after', 'we waited at the bank to catch a perch'],
  ['money', 'before', 'my uncle owes her wages to the bank yesterday'],
  ['money', 'before', 'the cashier works in the bank on monday'],
  ['money', 'before', 'the thief robbed the bank again'],
  ['river', 'before', 'the heron swam to the bank again'],
  ['river', 'before', 'the stream flooded the bank on monday'],
  ['river', 'before', 'reeds grow on the bank yesterday'],
].map(([sense, cue, text]) => {
  const words = text!.split(' ');
  return { words, place: words.indexOf('bank'), sense: sense!, cue: cue as Cue };
});
