import { describe, expect, test } from 'vitest';
import type { Figures } from './experiment.ts';
import { beats, noWorseThan, noWorseThanArm, short } from './verdicts.ts';

const runs = (...losses: number[]): Figures[] => losses.map((loss) => ({ loss }));

describe('beside the worst of a reference', () => {
  const lower = noWorseThan(2.2, 'ours', 'loss', 'lower');
  const higher = noWorseThan(2.2, 'ours', 'loss');

  test.each([
    [[2.1, 2.2], 'every seed is no worse', 'NOT no worse'],
    [[2.1, 2.25], 'the mean is, but not every seed, no worse', 'NOT no worse'],
    [[2.15, 2.3], 'NOT no worse', 'the mean is, but not every seed, no worse'],
    [[2.2, 2.3], 'NOT no worse', 'every seed is no worse'],
  ])('%j', (losses, ifLower, ifHigher) => {
    const said = (words: string): string =>
      `${words} than the reference's worst: loss ${short(losses[0]!)} to ${short(losses[1]!)} (mean ${short((losses[0]! + losses[1]!) / 2)}) beside 2.2`;
    expect(lower({ ours: runs(...losses) })).toBe(said(ifLower));
    expect(higher({ ours: runs(...losses) })).toBe(said(ifHigher));
  });

  test('the reference may be an arm that was run', () => {
    const verdict = noWorseThanArm('peer', 'ours', 'loss');
    expect(verdict({ ours: runs(0.6, 0.7), peer: runs(0.8, 0.6) })).toMatch(/^every seed is .* beside 0\.6$/);
    expect(verdict({ ours: runs(0.59), peer: runs(0.8, 0.6) })).toMatch(/^NOT /);
  });
});

test.each([
  [
    'higher',
    [3, 4],
    [1, 2],
    'new is ahead: loss 3.5 beside 1.5 of old, better in 2 of 2 seeds, and every seed',
  ],
  ['higher', [3, 1], [1, 2], 'new is ahead: loss 2 beside 1.5 of old, better in 1 of 2 seeds'],
  ['lower', [3, 4], [1, 2], 'new is NOT ahead: loss 3.5 beside 1.5 of old, better in 0 of 2 seeds'],
  [
    'lower',
    [1, 2],
    [3, 4],
    'new is ahead: loss 1.5 beside 3.5 of old, better in 2 of 2 seeds, and every seed',
  ],
] as const)('%s is better: %j beside %j', (better, ours, theirs, words) => {
  const verdict = beats('new', 'old', 'loss', better)({ new: runs(...ours), old: runs(...theirs) });
  expect(verdict.startsWith(words)).toBe(true);
  expect(verdict.includes('every seed of it')).toBe(words.includes('every seed'));
});
