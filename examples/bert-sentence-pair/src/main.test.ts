import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProgram } from '@tenon/example-kit/testing';
import { afterAll, expect, test } from 'vitest';
import { BY_HAND, pairs } from './data/pairs.ts';

const folder = mkdtempSync(join(tmpdir(), 'tenon-pairs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const COUNT = { train: 6000, heldOut: 300 };

test('the same seed makes the same pairs, all different, as many of each label', () => {
  const { train, heldOut } = pairs(COUNT, 1);
  expect(pairs(COUNT, 1)).toEqual({ train, heldOut });
  expect(pairs(COUNT, 2).train[0]).not.toEqual(train[0]);
  const keys = [...train, ...heldOut, ...BY_HAND].map(({ text, textPair }) => `${text} ${textPair}`);
  expect(new Set(keys).size).toBe(keys.length);
  for (const label of ['true', 'false', 'unknown']) {
    expect(train.filter((pair) => pair.label === label).length).toBe(2000);
    expect(heldOut.filter((pair) => pair.label === label).length).toBe(100);
  }
});

test('a pair has one label, and its sentences differ', () => {
  const labels = new Map<string, unknown>();
  for (let seed = 1; seed <= 4; seed++) {
    for (const { text, textPair, label } of pairs(COUNT, seed).train) {
      expect(text).not.toBe(textPair);
      const key = `${text} ${textPair}`;
      expect([key, labels.get(key) ?? label]).toEqual([key, label]);
      labels.set(key, label);
    }
  }
});

test('a hypothesis alone hardly tells the label', () => {
  const { train, heldOut } = pairs(COUNT, 1);
  const seen = new Map<string, unknown[]>();
  for (const { textPair, label } of train) seen.set(textPair!, [...(seen.get(textPair!) ?? []), label]);
  const known = heldOut.filter(({ textPair }) => seen.has(textPair!));
  expect(known.length).toBeGreaterThan(100);
  const share = (label: unknown, others: unknown[]): number =>
    others.filter((other) => other === label).length / others.length;
  const chance = known.map(({ textPair, label }) => share(label, seen.get(textPair!)!));
  expect(chance.reduce((sum, value) => sum + value) / chance.length).toBeLessThan(0.6);
});

test('a column that is not there is refused in one line', async () => {
  const file = join(folder, 'own.csv');
  writeFileSync(file, 'premise,conclusion,label\nIt rains.,It is wet.,true\n');
  const { code, errors } = await startProgram(new URL('./main.ts', import.meta.url), [
    '--data',
    file,
    '--out',
    folder,
  ]);
  expect(errors).toMatch(
    /^error: .*own\.csv, line 2: expected a column "hypothesis", got the columns "premise", "conclusion", "label"\. .*\n$/,
  );
  expect(code).toBe(1);
});
