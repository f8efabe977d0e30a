import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StateDict, type StoredTensor, storedTensor } from '@tenon/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSafetensors } from './open-safetensors.ts';
import { inBlocks, rememberRange } from './read-blocks.ts';
import { writeSafetensors } from './write-safetensors.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenon-blocks-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Float32 tensors of so many values each, called a, b, c and so on, filled with 1, 2, 3 and so on. */
const filled = (...sizes: number[]): StateDict =>
  new Map(
    sizes.map((size, i) => [
      String.fromCharCode(97 + i),
      storedTensor(new Float32Array(size).fill(i + 1), [size]),
    ]),
  );

async function written(weights: StateDict): Promise<string> {
  const path = join(folder, `${Math.random()}.safetensors`);
  await writeSafetensors(path, weights);
  return path;
}

const bytes = (array: Float32Array | Int32Array) => array.buffer.byteLength;

describe('inBlocks', () => {
  test('tensors that lie one after another are parts of one buffer and do not overlap', async () => {
    using file = openSafetensors(await written(filled(16, 32, 16)));
    const read = [...(await inBlocks(file.weights))].map(([name, stored]) => [name, stored.read()] as const);
    expect(read.map(([name, values]) => [name, values.length, values[0]])).toEqual([
      ['a', 16, 1],
      ['b', 32, 2],
      ['c', 16, 3],
    ]);
    expect(new Set(read.map(([, { buffer }]) => buffer)).size).toBe(1);
    read[1]![1].fill(9); // as an optimiser does in place
    expect(new Set(read[0]![1])).toEqual(new Set([1]));
    expect(new Set(read[2]![1])).toEqual(new Set([3]));
  });

  test('whoever reads a tensor again, under another name or in another load, gets an array of its own', async () => {
    using file = openSafetensors(await written(filled(16, 16)));
    const a = file.weights.get('a')!;
    const weights = await inBlocks(new Map([...file.weights, ['tied', a]]));
    const first = weights.get('a')!.read().fill(9);
    const later = await inBlocks(file.weights);
    for (const stored of [weights.get('tied')!, weights.get('a')!, a, later.get('a')!]) {
      const again = stored.read();
      expect(again.buffer).not.toBe(first.buffer);
      expect(again[0]).toBe(1);
    }
    expect(weights.get('b')!.read()[0]).toBe(2);
  });

  test('what is left out is not read, and a tensor by itself has no other beside it', async () => {
    using file = openSafetensors(await written(filled(16, 1024, 16, 16)));
    const wanted = new Map([...file.weights].filter(([name]) => name !== 'b'));
    expect([...(await inBlocks(wanted)).values()].map((stored) => bytes(stored.read()))).toEqual([
      64, 128, 128,
    ]);
    expect([...file.weights.values()].map((stored) => bytes(stored.read()))).toEqual([64, 4096, 64, 64]);
  });

  test('after a tensor that would move the next one off a cache line, a block ends', async () => {
    using file = openSafetensors(await written(filled(16, 3, 16, 16)));
    const read = [...(await inBlocks(file.weights)).values()];
    expect(read.map((stored) => bytes(stored.read()))).toEqual([76, 76, 128, 128]);
  });

  test('what is converted, and what a model has made of a tensor, is read by itself', async () => {
    const half: StoredTensor = { ...storedTensor(new Float32Array(16).fill(2), [16]), dtype: 'float16' };
    using file = openSafetensors(await written(new Map([...filled(16, 16), ['half', half]])));
    const negative: StoredTensor = {
      ...file.weights.get('b')!,
      read: () => Float32Array.from(file.weights.get('b')!.read(), (value) => -value),
    };
    const read = await inBlocks(new Map([...file.weights, ['b', negative]]));
    expect([...read].map(([name, stored]) => [name, stored.read()[0], bytes(stored.read())])).toEqual([
      ['a', 1, 64],
      ['b', -2, 64],
      ['half', 2, 64],
    ]);
  });

  test('each file has blocks of its own, and one that was cut off is named', async () => {
    const path = await written(filled(16, 16));
    using one = openSafetensors(path);
    using other = openSafetensors(await written(filled(16)));
    const both = new Map([...one.weights, ['other', other.weights.get('a')!]]);
    const weights = await inBlocks(both);
    expect(weights.get('other')!.read()[0]).toBe(1);
    truncateSync(path, 150);
    expect(weights.get('a')!.read()[0]).toBe(1); // it has been read already
    await expect(inBlocks(both)).rejects.toThrow(`${path}: expected 128 bytes`);
  });

  test('blocks have 256 MB at most and come ahead up to 512 MB, larger tensors come alone', async () => {
    const asked: string[] = [];
    const reader = (how: string) => (_: number, size: number) => {
      asked.push(`${size / 2 ** 20} ${how}`);
      return new ArrayBuffer(size);
    };
    const file = {
      read: reader('later'),
      readByThreads: async (...range: [number, number]) => reader('ahead')(...range),
    };
    let place = 0;
    const weights: StateDict = new Map();
    for (const megabytes of [60, 196, 1, 300, 1, 1]) {
      const size = megabytes * 2 ** 20;
      const stored = storedTensor(new Float32Array(0), [size / 4]);
      rememberRange(stored, { file, place, size });
      weights.set(String(place), stored);
      place += size;
    }
    const blocks = await inBlocks(weights);
    expect(asked).toEqual(['256 ahead', '1 ahead']);
    for (const stored of blocks.values()) stored.read();
    expect(asked.slice(2)).toEqual(['300 later', '2 later']);
  });

  test('pieces that several threads have read are one block', async () => {
    const size = 2 ** 24 + 2 ** 18; // 65 MB, of which a thread takes 64 at a time
    const values = new Float32Array(size);
    for (let i = 0; i < size; i += 4096) values[i] = i;
    const path = await written(new Map([['a', storedTensor(values, [size])]]));
    using file = openSafetensors(path);
    const read = (await inBlocks(file.weights)).get('a')!.read();
    for (let i = 0; i < size; i += 4096) if (read[i] !== i) expect.fail(`${read[i]} at ${i}`);
    truncateSync(path, 2 ** 25);
    await expect(inBlocks(file.weights)).rejects.toThrow(
      /expected 68157440 bytes at byte \d+, got \d+, then the end/,
    );
  });
});
