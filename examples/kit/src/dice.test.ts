import { expect, test } from 'vitest';
import { Dice } from './dice.ts';
import { distinct } from './distinct.ts';
import { expand } from './expand.ts';
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

test('distinct ones differ among themselves and between calls, and chance gives up in the end', () => {
  const dice = new Dice(4);
  const taken = new Set<string>();
  const draw = (): number => dice.integer(20);
  const [first, second] = [distinct(12, draw, String, taken), distinct(8, draw, String, taken)];
  expect(new Set([...first, ...second]).size).toBe(20);
  expect(() => distinct(1, draw, String, taken)).toThrow('distinct: expected 1 of them, got 0.');
});

test('a grammar writes what its rules allow, and says which rule it misses', () => {
  const grammar = { greeting: ['good {time}', 'hello'], time: ['morning', 'night'], open: ['{door}'] };
  const dice = new Dice(5);
  const texts = new Set(Array.from({ length: 50 }, () => expand(grammar, 'greeting', dice)));
  expect([...texts].sort()).toEqual(['good morning', 'good night', 'hello']);
  expect(() => expand(grammar, 'open', dice)).toThrow(
    'grammar: expected one of greeting, time, open, got {door}.',
  );
});
