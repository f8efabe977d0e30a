import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProgram } from '@tenon/example-kit/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { countWords } from './count-words.ts';
import { BY_HAND, reviews } from './data/reviews.ts';

const folder = mkdtempSync(join(tmpdir(), 'tenon-sentences-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const MAIN = new URL('./main.ts', import.meta.url);
const COUNT = { train: 3000, heldOut: 300 };

test('the same seed writes the same reviews, all different, as many good as bad', () => {
  const { train, heldOut } = reviews(COUNT, 1);
  expect(reviews(COUNT, 1)).toEqual({ train, heldOut });
  expect(reviews(COUNT, 2).train[0]).not.toEqual(train[0]);
  expect(new Set([...train, ...heldOut, ...BY_HAND].map(({ text }) => text)).size).toBe(
    3300 + BY_HAND.length,
  );
  for (const part of [train, heldOut])
    expect(part.filter(({ label }) => label === 'good').length).toBe(part.length / 2);
});

test('held-out reviews are about places of which no other review speaks', () => {
  const { train, heldOut } = reviews(COUNT, 1);
  const names = (list: typeof train): Set<string> =>
    new Set(
      list.flatMap(
        ({ text }) => /\w+(?= (Inn|Lodge|Café|Theatre|Hotel|House|Bistro|Hall)\b)/.exec(text)?.[0] ?? [],
      ),
    );
  const known = names(train);
  expect(known.size).toBeGreaterThan(50);
  expect([...names(heldOut)].filter((name) => known.has(name))).toEqual([]);
});

test('words are counted where that helps, and it hardly does with the reviews', () => {
  const train = ['a good day', 'a good film', 'a bad day', 'a bad film'].map((text) => ({
    text,
    label: text.split(' ')[1]!,
  }));
  expect(
    countWords(train, [
      { text: 'Good, good!', label: 'good' },
      { text: 'bad food', label: 'bad' },
    ]),
  ).toBe(1);
  const { train: many, heldOut } = reviews(COUNT, 1);
  expect(countWords(many, heldOut)).toBeLessThan(0.65);
});

describe('sentences of your own', () => {
  const file = join(folder, 'own.tsv');

  test.each([
    [
      'sentence\tmark\nfine\t1\n',
      [],
      'own.tsv, line 2: expected a column "label", got the columns "sentence", "mark".',
    ],
    [
      'sentence\tlabel\nfine\t1\n\t0\n',
      [],
      'own.tsv, line 3: expected a text in "sentence", got an empty one.',
    ],
    [
      'fine\t1\n',
      ['--columns', 'sentence,label'],
      'splitExamples: expected enough examples for a part of test, got 1.',
    ],
  ])('%j %j is refused in one line', async (text, args, message) => {
    writeFileSync(file, text);
    const { code, errors } = await startProgram(MAIN, ['--short', '--data', file, '--out', folder, ...args]);
    expect(errors).toContain(message);
    expect(errors).toMatch(/^error: .*\n$/);
    expect(code).toBe(1);
  });
});
