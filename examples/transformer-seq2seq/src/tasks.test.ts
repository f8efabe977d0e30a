import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RandomStream } from '@tenon/core';
import { selectBackend } from '@tenon/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { islandSentences } from './island-language.ts';
import { END, PAD, pairBatches, Vocabulary } from './pairs.ts';
import { readPairs, splitPairs, tasks } from './tasks.ts';

beforeAll(() => selectBackend('cpu'));

test('the same seed tells the same sentences, and no source of the test is learned', () => {
  const pairs = islandSentences(3000, new RandomStream(5));
  expect(islandSentences(3000, new RandomStream(5))).toEqual(pairs);
  const { training, unseen } = splitPairs(pairs);
  expect(unseen.length).toBe(150);
  const known = new Set(training.map(({ source }) => source.join(' ')));
  expect(unseen.filter(({ source }) => known.has(source.join(' ')))).toEqual([]);
});

test('a sentence has one translation', () => {
  const translations = new Map<string, string>();
  for (const { source, target } of islandSentences(20_000, new RandomStream(6))) {
    const known = translations.get(source.join(' '));
    if (known !== undefined) expect(target.join(' ')).toBe(known);
    translations.set(source.join(' '), target.join(' '));
  }
});

test('batches repeat from a place, and are padded', async () => {
  const pairs = [
    { source: ['a', 'b'], target: ['b', 'a'] },
    { source: ['c'], target: ['c'] },
  ];
  const vocabulary = new Vocabulary(pairs);
  const batches = pairBatches(pairs, vocabulary, 6, 1);
  const first = (await batches.next())!;
  batches.seek(0);
  const again = (await batches.next())!;
  const rows = first.inputIds!.arraySync();
  expect(again.inputIds!.arraySync()).toEqual(rows);
  const [ab, c] = [
    [...vocabulary.ids(['a', 'b']), END],
    [...vocabulary.ids(['c']), END, PAD],
  ];
  for (const [i, row] of rows.entries()) {
    expect([ab, c]).toContainEqual(row);
    const isShort = row[2] === PAD;
    expect((first.attentionMask!.arraySync() as number[][])[i]).toEqual([1, 1, isShort ? 0 : 1]);
    expect((first.labels.arraySync() as number[][])[i]![2]).toBe(isShort ? -100 : END);
  }
});

describe('pairs of your own', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenon-pairs-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const file = (text: string): string => {
    const path = join(folder, 'pairs.tsv');
    writeFileSync(path, text);
    return path;
  };

  test('are lines with a tab', () => {
    const [own] = tasks({ data: file('a b\tx\r\n\nc\ty z\n'), seed: 42, short: true });
    expect(own!.pairs).toEqual([
      { source: ['a', 'b'], target: ['x'] },
      { source: ['c'], target: ['y', 'z'] },
    ]);
  });

  test.each([
    [
      'a\tb\nno tab\n',
      'line 2: expected two texts with a tab between them, got "no tab". Correct the line or leave it out.',
    ],
    [
      'a\tb\n',
      'expected at least two pairs, of texts of at most 60 words, got 1 pairs. Give more pairs, or shorter ones.',
    ],
    [`a\tb\n${'w '.repeat(61)}\tc\n`, 'got a text of 61 words.'],
  ])('%j is refused', (text, message) => {
    expect(() => readPairs(file(text))).toThrow(message);
  });

  test('that are not there are refused', () => {
    expect(() => readPairs(join(folder, 'none'))).toThrow('--data: expected a text file, got ENOENT');
  });
});

test('both tasks are learned, or the one that is asked for', () => {
  const names = (task?: string): string[] => tasks({ task, seed: 42, short: true }).map(({ name }) => name);
  expect(names()).toEqual(['reversal', 'island language']);
  expect(names('reverse')).toEqual(['reversal']);
  expect(names('translate')).toEqual(['island language']);
});
