import { RandomStream } from '@tenon/core';
import { bertTokenizer } from '@tenon/tokenizers';
import { describe, expect, test } from 'vitest';
import { tinyBert as tokenizer } from '../processors/__fixtures__/tiny-bert.ts';
import { tokenMasker } from './token-masker.ts';

const MASK = 4;
/** `[CLS]`, so many letters, `[SEP]`. */
const text = (letters: number): number[] => [2, ...Array.from({ length: letters }, (_, i) => 5 + (i % 6)), 3];

describe('of all tokens', () => {
  const mask = tokenMasker({ tokenizer });
  const ids = text(98);
  const runs = Array.from({ length: 400 }, (_, seed) => mask(ids, new RandomStream(seed)));

  test('15 % are to be predicted, never special ones, every other one sometimes', () => {
    const chosen = new Set<number>();
    for (const { positions, words } of runs) {
      expect(positions).toHaveLength(15);
      expect([...positions].sort((a, b) => a - b)).toEqual(positions);
      expect(words).toEqual(positions.map((place) => ids[place]));
      for (const place of positions) chosen.add(place);
    }
    expect([...chosen].sort((a, b) => a - b)).toEqual(Array.from({ length: 98 }, (_, i) => i + 1));
  });

  test('80 % of these become [MASK], 10 % another token, 10 % stay; nothing else changes', () => {
    const counts = { mask: 0, same: 0, other: 0 };
    for (const { inputIds, positions } of runs) {
      ids.forEach((id, place) => {
        if (!positions.includes(place)) expect(inputIds[place]).toBe(id);
        else counts[inputIds[place] === MASK ? 'mask' : inputIds[place] === id ? 'same' : 'other']++;
        expect([0, 1]).not.toContain(inputIds[place]); // neither padding nor unknown is put in
      });
    }
    const all = runs.length * 15;
    expect(counts.mask / all).toBeCloseTo(0.8, 1);
    expect(counts.same / all).toBeCloseTo(0.1 + 0.1 / 13, 1);
    expect(counts.other / all).toBeCloseTo(0.1, 1);
  });

  test('the same random numbers give the same masks', () => {
    expect(mask(ids, new RandomStream(7))).toEqual(runs[7]);
    expect(mask(ids, new RandomStream(8))).not.toEqual(runs[7]);
  });
});

test('there is no more than maxPredictions, and one at least', () => {
  expect(tokenMasker({ tokenizer, maxPredictions: 3 })(text(98), new RandomStream(1)).positions).toHaveLength(
    3,
  );
  expect(tokenMasker({ tokenizer })(text(1), new RandomStream(1)).positions).toEqual([1]);
  expect(tokenMasker({ tokenizer })([2, 3], new RandomStream(1)).positions).toEqual([]);
});

test('whole words have all of their pieces masked, or none', () => {
  const mask = tokenMasker({ tokenizer, wholeWord: true, probability: 0.5 });
  const ids = [2, 11, 12, 13, 5, 15, 16, 6, 3]; // xyz a taipei b
  const words = [[1, 2, 3], [4], [5, 6], [7]];
  const chosen = new Set<string>();
  for (let seed = 0; seed < 50; seed++) {
    const { positions } = mask(ids, new RandomStream(seed));
    expect(positions.length).toBeLessThanOrEqual(5);
    for (const word of words) {
      const count = word.filter((place) => positions.includes(place)).length;
      expect([0, word.length]).toContain(count);
      if (count > 0) chosen.add(word.join());
    }
  }
  expect(chosen.size).toBe(4);
  const pieces = tokenMasker({ tokenizer, wholeWord: true, isContinuation: (token) => token === 'b' });
  for (let seed = 0; seed < 20; seed++) {
    const { positions } = pieces([5, 6, ...text(12)], new RandomStream(seed)); // a and b are one word
    expect(positions.includes(0)).toBe(positions.includes(1));
  }
});

test('what cannot be is refused', () => {
  const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'a'];
  const without = bertTokenizer({ vocabulary: new Map(words.map((word, id) => [word, id])) });
  expect(() => tokenMasker({ tokenizer: without })).toThrow(
    'tokenMasker: tokenizer: expected a token [MASK] or <mask>, got neither.',
  );
  expect(() => tokenMasker({ tokenizer, probability: 15 })).toThrow(
    'tokenMasker: probability: expected a share between 0 and 1, got 15. Pass 0.15',
  );
});
