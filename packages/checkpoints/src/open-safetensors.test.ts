import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storedTensor } from '@tenon/core';
import { sharedFolder } from '@tenon/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSafetensors } from './open-safetensors.ts';
import { writeSafetensors } from './write-safetensors.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenon-open-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const weights = new Map([
  ['a', storedTensor(Float32Array.of(1, 2, 3), [3])],
  ['b', storedTensor(Int32Array.of(4), [])],
]);

test('a tensor is read from disk when asked for', async () => {
  const path = join(folder, 'a.safetensors');
  await writeSafetensors(path, weights, { format: 'pt' });
  using file = openSafetensors(path);
  expect(file.metadata).toEqual({ format: 'pt' });
  expect([...file.weights].map(([name, { read }]) => [name, read()])).toEqual([
    ['a', Float32Array.of(1, 2, 3)],
    ['b', Int32Array.of(4)],
  ]);
});

test('a file that shrinks or is closed under the reader is reported', async () => {
  const path = join(folder, 'b.safetensors');
  await writeSafetensors(path, weights);
  const file = openSafetensors(path);
  truncateSync(path, readFileSync(path).length - 2);
  expect(() => file.weights.get('b')!.read()).toThrow('got 2, then the end of the file.');
  file.close();
  file.close();
  expect(() => file.weights.get('a')!.read()).toThrow(`${path}: expected an open file, got a closed one.`);
});

test('missing, foreign and cut files are named', () => {
  const missing = join(folder, 'none.safetensors');
  expect(() => openSafetensors(missing)).toThrow(`${missing}: expected a safetensors file, got ENOENT`);
  expect(() => openSafetensors(folder)).toThrow(
    `${folder}: expected a safetensors file, got a folder or a device.`,
  );
  const foreign = join(folder, 'foreign.safetensors');
  writeFileSync(foreign, 'PK and whatever else a zip file has');
  expect(() => openSafetensors(foreign)).toThrow(`${foreign}: expected a header of at most 100000000 bytes`);
  writeFileSync(foreign, 'PK');
  expect(() => openSafetensors(foreign)).toThrow(`${foreign}: expected at least 8 bytes, got 2.`);
});

test('no file stays open after an error', () => {
  const count = () => (process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0);
  const before = count();
  for (let i = 0; i < 20; i++) expect(() => openSafetensors(join(folder, 'foreign.safetensors'))).toThrow();
  expect(count()).toBe(before);
});

describe('files of other programs', () => {
  const shared = sharedFolder();
  test.skipIf(shared === undefined)(
    'a rewritten golden has the same tensors, byte by byte (skipped without the shared goldens)',
    async () => {
      const original = join(shared!, 'goldens/gpt2/lm/model.safetensors');
      using file = openSafetensors(original);
      const copy = join(folder, 'copy.safetensors');
      await writeSafetensors(copy, file.weights, file.metadata);
      using again = openSafetensors(copy);
      expect([...again.weights.keys()].sort()).toEqual([...file.weights.keys()].sort());
      for (const [name, { dtype, shape, read }] of file.weights) {
        expect(again.weights.get(name)).toMatchObject({ dtype, shape });
        expect(Buffer.from(again.weights.get(name)!.read().buffer)).toEqual(Buffer.from(read().buffer));
      }
    },
  );
});
