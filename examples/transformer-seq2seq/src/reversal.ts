// Rows of letters, to be written backwards.
import type { RandomStream } from '@tenon/core';
import type { Pair } from './pairs.ts';

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz'];

/** Rows of 1 to `longest` letters and their reversals. */
export function reversals(count: number, longest: number, random: RandomStream): Pair[] {
  return Array.from({ length: count }, () => {
    const draw = random.next();
    const length = 1 + draw.integer(longest);
    const source = Array.from({ length }, () => LETTERS[random.next().integer(LETTERS.length)]!);
    return { source, target: source.toReversed() };
  });
}
