import { expect, test } from 'vitest';
import { AMBIGUOUS, BANKS, type SenseSentence, senseSentences } from './senses.ts';

const count = { reading: 2000, asked: 10 };
const text = (words: readonly string[]): string => words.join(' ');

test('the same seed writes the same sentences', () => {
  expect(senseSentences(count, 5)).toEqual(senseSentences(count, 5));
  expect(senseSentences(count, 5).reading).not.toEqual(senseSentences(count, 6).reading);
});

test('what is asked about is as often of each sense and side, has the word at its place, and is never read', () => {
  const { reading, asked } = senseSentences(count, 5);
  const read = new Set(reading.map(text));
  expect([...asked.keys()]).toEqual(Object.keys(AMBIGUOUS));
  for (const [word, sentences] of asked) {
    expect(sentences).toHaveLength(4 * count.asked);
    for (const { words, place } of sentences) {
      expect(words[place]).toBe(word);
      expect(read.has(text(words))).toBe(false);
    }
    const sides = sentences.map(({ sense, cue }) => `${sense} ${cue}`);
    expect(new Set(sides).size).toBe(4);
  }
});

test('sentences fit one graph, and the two by hand begin alike up to the word and one beyond', () => {
  const { reading, asked } = senseSentences(count, 5);
  const all = [...reading, ...[...asked.values()].flat().map(({ words }) => words)];
  expect(Math.max(...all.map(({ length }) => length))).toBeLessThanOrEqual(18); // two marks and 18 words are 20 tokens
  const [deposit, sit] = BANKS as readonly [SenseSentence, SenseSentence];
  expect(deposit.words.slice(0, 6)).toEqual(sit.words.slice(0, 6));
  expect(deposit.place).toBe(4);
  expect(deposit.sense).not.toBe(sit.sense);
  const known = new Set(reading.flat());
  for (const { words } of BANKS) expect(words.filter((word) => !known.has(word))).toEqual([]);
});
