import { expect, test } from 'vitest';
import { Dice } from './dice.ts';
import { mostFrequent } from './most-frequent.ts';

test('the same seed throws the same, another seed another', () => {
  const throws = (seed: number): number[] => {
    const dice = new Dice(seed);
    return Array.from({ length: 20 }, () => dice.integer(6));
  };
  expect(throws(1)).toEqual(throws(1));
  expect(throws(1)).not.toEqual(throws(2));
  expect(Math.max(...throws(1))).toBeLessThan(6);
});

test('chance is as often as it says, and an order has every item once', () => {
  const dice = new Dice(3);
  const hits = Array.from({ length: 4000 }, () => dice.chance(0.25)).filter(Boolean).length;
  expect(hits / 4000).toBeCloseTo(0.25, 1);
  const items = Array.from({ length: 50 }, (_, i) => i);
  const shuffled = dice.shuffle(items);
  expect(shuffled).not.toEqual(items);
  expect([...shuffled].sort((a, b) => a - b)).toEqual(items);
});

test('the most frequent of several, and none of none', () => {
  expect(mostFrequent(['b', 'a', 'b', 'a', 'c'])).toBe('b');
  expect(() => mostFrequent([])).toThrow('most frequent: expected at least one item, got none.');
});
