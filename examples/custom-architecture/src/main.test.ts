import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RandomStream } from '@tenon/core';
import { startProgram } from '@tenon/example-kit/testing';
import { modelContract, selectBackend, testBackends } from '@tenon/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bracketRows } from './brackets.ts';
import { NeighbourEncoder } from './encoder.ts';

const folder = mkdtempSync(join(tmpdir(), 'tenon-brackets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(testBackends())('the encoder keeps the contract of every model, %s', (backend) => {
  beforeAll(() => selectBackend(backend));
  const size = { vocabularySize: 11, hiddenSize: 8, layers: 2, heads: 2 };
  const make = (): NeighbourEncoder => new NeighbourEncoder(size, new RandomStream(1));
  for (const { name, run } of modelContract({ make, vocabularySize: 11, causal: false })) test(name, run);
});

test('rows are all different, half of them with one mistake, whose two brackets are tagged', () => {
  const rows = bracketRows(500, 12, new RandomStream(3));
  expect(bracketRows(500, 12, new RandomStream(3))).toEqual(rows);
  expect(new Set(rows.map(({ words }) => words.join(''))).size).toBe(500);
  expect(rows.filter(({ label }) => label === 'broken').length).toBe(250);
  for (const { words, tags, label } of rows) {
    expect(tags.filter((tag) => tag === 'wrong').length).toBe(label === 'broken' ? 2 : 0);
    expect(isBalanced(words)).toBe(label === 'balanced');
  }
});

test('a file without the columns is refused in one line', async () => {
  const file = join(folder, 'own.tsv');
  writeFileSync(file, 'sentence\tlabel\nfine\t1\n');
  const { code, errors } = await startProgram(new URL('./main.ts', import.meta.url), ['--data', file]);
  expect(errors).toMatch(
    /^error: .*own\.tsv, line 2: expected a column "text", got the columns "sentence", "label"/,
  );
  expect(errors.trim().split('\n')).toHaveLength(1);
  expect(code).toBe(1);
});

function isBalanced(words: readonly string[]): boolean {
  const open: string[] = [];
  for (const word of words) {
    if ('([{<'.includes(word)) open.push(word);
    else if (!['()', '[]', '{}', '<>'].includes(`${open.pop()}${word}`)) return false;
  }
  return open.length === 0;
}
