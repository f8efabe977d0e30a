import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TaggedExample } from '@tenon/data';
import { wordByWord } from '@tenon/example-kit';
import { startProgram } from '@tenon/example-kit/testing';
import { tagEntities } from '@tenon/trainers/metrics';
import { afterAll, expect, test } from 'vitest';
import { BY_HAND, commands } from './data/commands.ts';

const folder = mkdtempSync(join(tmpdir(), 'tenon-slots-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const COUNT = { train: 3000, heldOut: 300 };

/** The texts of all slots of a type. */
function slots(examples: readonly TaggedExample[], wanted: string): Set<string> {
  return new Set(
    examples.flatMap(({ words, tags }) =>
      tagEntities(tags!).flatMap(({ type, start, end }) =>
        type === wanted ? words.slice(start, end).join(' ') : [],
      ),
    ),
  );
}

test('the same seed writes the same commands, all different, with a tag for each word', () => {
  const { train, heldOut } = commands(COUNT, 1);
  expect(commands(COUNT, 1)).toEqual({ train, heldOut });
  expect(commands(COUNT, 2).train[0]).not.toEqual(train[0]);
  const all = [...train, ...heldOut, ...BY_HAND];
  expect(new Set(all.map(({ words }) => words.join(' '))).size).toBe(all.length);
  expect(all.filter(({ words, tags }) => words.length !== tags?.length)).toEqual([]);
  expect(all.filter(({ words }) => words.some((word) => /[[\]{}]/.test(word)))).toEqual([]);
});

test('held-out commands go to and from cities of which no training command speaks', () => {
  const { train, heldOut } = commands(COUNT, 1);
  for (const type of ['dest', 'from', 'carrier']) {
    const known = slots(train, type);
    expect(known.size).toBeGreaterThan(60);
    expect([...slots(heldOut, type)].filter((name) => known.has(name))).toEqual([]);
  }
});

test('arrive Taipei on November 2nd', () => {
  expect(BY_HAND[0]).toEqual({
    words: ['arrive', 'Taipei', 'on', 'November', '2nd'],
    tags: ['O', 'B-dest', 'B-on', 'B-time', 'I-time'],
  });
});

test('word by word, a word has its most frequent tag', () => {
  const train = [
    { words: ['to', 'Oslo'], tags: ['O', 'B-dest'] },
    { words: ['Oslo', 'to'], tags: ['B-from', 'O'] },
    { words: ['Oslo', '!'], tags: ['B-from', 'O'] },
  ];
  expect(wordByWord(train, [{ words: ['Oslo', 'to', 'Lima'] }])).toEqual([{ tags: ['B-from', 'O', 'O'] }]);
});

test('data that make no sense are refused in one line', async () => {
  const start = (data: string) =>
    startProgram(new URL('./main.ts', import.meta.url), ['--data', data, '--out', folder]);
  mkdirSync(join(folder, 'own', 'train'), { recursive: true });
  for (const [name, text] of [
    ['seq.in', 'to Oslo\n'],
    ['seq.out', 'O\n'],
    ['label', 'go\n'],
  ] as const) {
    writeFileSync(join(folder, 'own', 'train', name), text);
  }
  const slots = await start(join(folder, 'own'));
  expect(slots.errors).toMatch(
    /^error: .*seq\.out, line 1: expected 2 tags, one for each word of seq\.in, got 1\. .*\n$/,
  );
  expect(slots.code).toBe(1);
  writeFileSync(join(folder, 'own.conll'), 'to O\nOslo B-dest\n\nfrom X-from\n');
  const columns = await start(join(folder, 'own.conll'));
  expect(columns.errors).toMatch(/^error: .*own\.conll, line 4: expected .*, got .*X-from.*\n$/);
});
