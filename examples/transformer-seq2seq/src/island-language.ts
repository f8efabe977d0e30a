// A small language made by rules, written for this example: English sentences and their translations into the language
// of an island that does not exist. The verb comes last, adjectives follow their noun, a noun and its adjectives take
// the ending of their number and case, and "not" becomes a word before the verb. None of it can be had word by word.
import type { RandomStream } from '@tenon/core';
import type { Pair } from './pairs.ts';

const NOUNS = new Map(
  Object.entries({
    fisher: 'tav',
    baker: 'mol',
    child: 'pin',
    goat: 'rek',
    heron: 'sul',
    crab: 'kik',
    boat: 'wan',
    lantern: 'lim',
    basket: 'dop',
    island: 'hal',
  }),
);
const ADJECTIVES = new Map(
  Object.entries({ old: 'bar', small: 'tin', red: 'kor', quiet: 'shu', wet: 'mel', clever: 'zan' }),
);
const VERBS = new Map(
  Object.entries({
    sees: 'ovet',
    follows: 'ilak',
    carries: 'umos',
    finds: 'eran',
    hears: 'anut',
    paints: 'isop',
  }),
);
const NUMBERS = new Map(Object.entries({ the: '', two: 'du', three: 'ter', many: 'pol' }));
const PLURALS = new Map([['child', 'children']]);
/** By number, one and more; then by case, who does it and whom it is done to. */
const ENDINGS = [
  ['a', 'an'],
  ['i', 'in'],
] as const;

/** What stands for somebody or something: its English words and its words on the island. */
function nounPhrase(random: RandomStream, object: boolean): Pair {
  const pick = <T>(items: Iterable<T>): T => {
    const all = [...items];
    return all[random.next().integer(all.length)]!;
  };
  const [number, counted] = pick(NUMBERS);
  const [noun, root] = pick(NOUNS);
  const several = number !== 'the';
  const adjectives = Array.from({ length: random.next().integer(3) }, () => pick(ADJECTIVES));
  const ending = ENDINGS[several ? 1 : 0][object ? 1 : 0];
  return {
    source: [number, ...adjectives.map(([word]) => word), several ? (PLURALS.get(noun) ?? `${noun}s`) : noun],
    target: [
      ...(counted === '' ? [] : [counted]),
      root + ending,
      ...adjectives.map(([, word]) => word + ending).reverse(),
    ],
  };
}

/** English sentences and their translations. */
export function islandSentences(count: number, random: RandomStream): Pair[] {
  return Array.from({ length: count }, () => {
    const [subject, object] = [nounPhrase(random, false), nounPhrase(random, true)];
    const [verb, word] = [...VERBS][random.next().integer(VERBS.size)]!;
    const negated = random.next().integer(4) === 0;
    const singular = subject.source[0] === 'the';
    const base = verb === 'carries' ? 'carry' : verb.slice(0, -1);
    const plain = singular ? [verb] : [base];
    return {
      source: [
        ...subject.source,
        ...(negated ? [singular ? 'does' : 'do', 'not', base] : plain),
        ...object.source,
      ],
      target: [...object.target, ...subject.target, ...(negated ? ['ne'] : []), word],
    };
  });
}
