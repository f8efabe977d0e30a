import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareCodePoints } from '../code-points.ts';
import { needs, readShared } from '../shared.testing.ts';
import { MergeLearner, type MergeLearnerOptions, type Ties } from './merge-learner.ts';
import { BOUNDARY, type WordCounts } from './word-counts.ts';

/** Words of any symbols, each distinct word once, in order of first appearance. */
function countWords(words: Iterable<readonly string[]>): { counts: WordCounts; alphabet: string[] } {
  const distinct = new Map<string, { word: readonly string[]; count: number }>();
  for (const word of words) {
    const key = word.join('\0');
    const known = distinct.get(key);
    if (known === undefined) distinct.set(key, { word, count: 1 });
    else known.count++;
  }
  const entries = [...distinct.values()];
  const alphabet = [...new Set(entries.flatMap(({ word }) => word))].sort(compareCodePoints);
  const ids = new Map(alphabet.map((symbol, id) => [symbol, id]));
  return {
    alphabet,
    counts: {
      symbols: Int32Array.from([
        ...entries.flatMap(({ word }) => [BOUNDARY, ...word.map((symbol) => ids.get(symbol)!)]),
        BOUNDARY,
      ]),
      counts: Float64Array.from(entries, ({ count }) => count),
    },
  };
}

function learn(
  words: Iterable<readonly string[]>,
  count: number,
  options: Omit<MergeLearnerOptions, 'reserved'>,
): [string, string][] {
  const { counts, alphabet } = countWords(words);
  const learner = new MergeLearner(counts, alphabet, { ...options, reserved: new Set() });
  const merges: [string, string][] = [];
  while (merges.length < count) {
    const pair = learner.next();
    if (pair === undefined) break;
    merges.push([learner.tokens[pair[0]]!, learner.tokens[pair[1]]!]);
  }
  return merges;
}

const corpus = readShared('goldens/tokenizers/learn/corpus.txt');
const chinese = readShared('goldens/tokenizers/learn/chinese.txt');
const subword = readShared('goldens/tokenizers/learn/subword_nmt.json');
const basic = readShared('goldens/tokenizers/learn/minbpe_basic.json');

test.skipIf(corpus === undefined || subword === undefined)(
  needs('subword-nmt: characters, </w> at the end of a word, the largest pair first', corpus, subword),
  () => {
    const golden = JSON.parse(subword!) as { merges: [string, string][] };
    const words = corpus!.split(/\s+/).filter(Boolean);
    const symbols = words.map((word) => {
      const characters = [...word];
      return [...characters.slice(0, -1), `${characters.at(-1)}</w>`];
    });
    expect(learn(symbols, 200, { minFrequency: 2, ties: 'largestPair' })).toEqual(golden.merges);
  },
);

test.skipIf(corpus === undefined || chinese === undefined || basic === undefined)(
  needs('minbpe without a pattern: the whole text is one word', corpus, chinese, basic),
  () => {
    const golden = JSON.parse(basic!) as { merges: [number, number, number][] };
    const bytes = new TextEncoder().encode(corpus! + chinese!);
    const spell = (byte: number): string => String.fromCharCode(byte);
    const tokens = Array.from({ length: 256 }, (_, byte) => spell(byte));
    const expected = golden.merges.map(([left, right, merged]): [string, string] => {
      tokens[merged] = tokens[left]! + tokens[right]!;
      return [tokens[left]!, tokens[right]!];
    });
    expect(learn([Array.from(bytes, spell)], 200, { minFrequency: 1, ties: 'firstSeen' })).toEqual(expected);
  },
);

test('equal symbols in a row: each merge counts again what is left', () => {
  expect(learn([[...'aaaaaaaa']], 9, { minFrequency: 1, ties: 'smallestPair' })).toEqual([
    ['a', 'a'],
    ['aa', 'aa'],
    ['aaaa', 'aaaa'],
  ]);
});

test('following few pairs at once changes nothing: the floor rises and falls', () => {
  const word = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1, maxLength: 12 });
  const words = fc.array(word, { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(words, fc.constantFrom<Ties>('smallestPair', 'firstSeen', 'largestPair'), (all, ties) => {
      const options = { minFrequency: 1, ties };
      expect(learn(all, 60, { ...options, trackedPairs: 4 })).toEqual(learn(all, 60, options));
    }),
  );
});

test('a prefix inside a word is left out of the right half', () => {
  const words = [
    ['n', '##e', '##w'],
    ['n', '##e', '##w', '##e', '##r'],
  ];
  const { counts, alphabet } = countWords(words);
  const options = { minFrequency: 2, ties: 'smallestPair', reserved: new Set<string>() } as const;
  const learner = new MergeLearner(counts, alphabet, { ...options, continuingPrefix: '##' });
  while (learner.next() !== undefined);
  expect(learner.tokens.slice(alphabet.length)).toEqual(['##ew', 'new']);
});
