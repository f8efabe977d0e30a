import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StateDict, storedTensor } from '@tenon/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeSafetensors } from '../write-safetensors.ts';
import { openWeights } from './open-weights.ts';
import { saveWeights } from './save-weights.ts';
import { byteCount, splitShards } from './shards.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenon-weights-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const INDEX = 'model.safetensors.index.json';
const shard = (place: number, count: number) => `model-0000${place}-of-0000${count}.safetensors`;

/** Tensors of these many bytes, called a, b, c and so on, filled with `value`. */
const weightsOf = (sizes: number[], value = 1): StateDict =>
  new Map(
    sizes.map((size, i) => [
      String.fromCharCode(97 + i),
      storedTensor(new Float32Array(size / 4).fill(value + i), [size / 4]),
    ]),
  );

async function read(): Promise<Record<string, number[]>> {
  using file = await openWeights(folder);
  return Object.fromEntries([...file.weights].map(([name, stored]) => [name, [...stored.read()]]));
}

const index = (map: unknown) => writeFileSync(join(folder, INDEX), JSON.stringify({ weight_map: map }));

describe('splitShards', () => {
  const names = (sizes: number[], limit: number) =>
    splitShards(weightsOf(sizes), limit).map((part) => [...part.keys()].join(''));

  test('keeps the order, fills each part up to the limit, and gives what is larger a part of its own', () => {
    expect(
      names(
        [6, 6, 2, 6, 2, 2].map((size) => size * 4),
        40,
      ),
    ).toEqual(['a', 'bc', 'def']);
    expect(names([8, 40, 8], 16)).toEqual(['b', 'ac']);
    expect(names([8, 8], 16)).toEqual(['ab']);
    expect(names([], 16)).toEqual(['']);
  });

  test.each([
    ['5GB', 5e9],
    ['500MB', 5e8],
    ['2 GiB', 2 ** 31],
    [1000, 1000],
    ['1000', 1000],
  ])('reads %s', (text, bytes) => expect(byteCount(text)).toBe(bytes));

  test.each(['5 gigabytes', 0, -1, Number.NaN, ''])('refuses %j', (text) => {
    expect(() => byteCount(text)).toThrow(
      `maxShardSize: expected a number of bytes, or one with a unit, got ${JSON.stringify(text)}. Pass '5GB', for instance.`,
    );
  });
});

describe('sharded weights', () => {
  test('come back as they were, under the names and with the index of transformers', async () => {
    await saveWeights(folder, weightsOf([8, 8, 4]), 16);
    expect(readdirSync(folder).sort()).toEqual([shard(1, 2), shard(2, 2), INDEX]);
    expect(readFileSync(join(folder, INDEX), 'utf8')).toBe(
      `{
  "metadata": {
    "total_parameters": 5,
    "total_size": 20
  },
  "weight_map": {
    "a": "model-00001-of-00002.safetensors",
    "b": "model-00001-of-00002.safetensors",
    "c": "model-00002-of-00002.safetensors"
  }
}
`,
    );
    expect(await read()).toEqual({ a: [1, 1], b: [2, 2], c: [3] });
  });

  test('replace and are replaced: nothing of an older save stays, other files do', async () => {
    writeFileSync(join(folder, 'tokenizer.json'), '{}');
    const saves: [StateDict, number][] = [
      [weightsOf([8, 8], 1), 8],
      [weightsOf([8, 8], 5), 8], // the same names
      [weightsOf([8, 8, 8], 7), 8],
      [weightsOf([8], 9), 8],
      [weightsOf([8, 8], 3), 8],
    ];
    for (const [weights, limit] of saves) {
      await saveWeights(folder, weights, limit);
      const expected = [...weights].map(([name, stored]) => [name, [...stored.read()]]);
      expect(await read()).toEqual(Object.fromEntries(expected));
      const files = weights.size === 1 ? 1 : weights.size + 1;
      expect(readdirSync(folder)).toHaveLength(files + 1);
    }
  });

  test('that cannot be written leave the old ones as they were', async () => {
    await saveWeights(folder, weightsOf([8, 8], 1), 8);
    const before = readdirSync(folder);
    const weights = weightsOf([8, 8], 5);
    const full = (): never => {
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    };
    weights.set('b', { ...weights.get('b')!, read: full });
    await expect(saveWeights(folder, weights, 8)).rejects.toThrow(
      `saving ${join(folder, shard(2, 2))}: expected to write it whole, got ENOSPC`,
    );
    expect(readdirSync(folder)).toEqual(before);
    expect(await read()).toEqual({ a: [1, 1], b: [2, 2] });
  });

  test('can be written over the files that they are read from', async () => {
    await saveWeights(folder, weightsOf([8, 8]), 8);
    using file = await openWeights(folder);
    await saveWeights(folder, file.weights, 8);
    expect(await read()).toEqual({ a: [1, 1], b: [2, 2] });
  });

  test('are told apart by file when they are broken', async () => {
    await saveWeights(folder, weightsOf([8, 8]), 8);
    writeFileSync(join(folder, shard(2, 2)), 'x');
    await expect(read()).rejects.toThrow(`${join(folder, shard(2, 2))}: expected at least 8 bytes, got 1.`);
  });

  test('are missed all at once', async () => {
    await saveWeights(folder, weightsOf([8, 8, 8]), 8);
    rmSync(join(folder, shard(1, 3)));
    rmSync(join(folder, shard(3, 3)));
    await expect(read()).rejects.toThrow(
      `${join(folder, INDEX)}: expected the 3 files that it names, got 1 without ${shard(1, 3)}, ${shard(3, 3)}. ` +
        'The files are not those of one save: fetch or save all of them again.',
    );
  });

  test('must hold what the index says, once', async () => {
    await writeSafetensors(join(folder, 'x.safetensors'), weightsOf([4, 4]));
    await writeSafetensors(join(folder, 'y.safetensors'), weightsOf([4]));
    index({ a: 'x.safetensors', b: 'y.safetensors', c: 'y.safetensors' });
    await expect(read()).rejects.toThrow(
      'expected every tensor in one file, got a in x.safetensors and y.safetensors.',
    );
    await writeSafetensors(join(folder, 'y.safetensors'), new Map([['z', weightsOf([4]).get('a')!]]));
    await expect(read()).rejects.toThrow(
      'expected every tensor in the file it names, got no b in y.safetensors, no c in y.safetensors.',
    );
  });

  test.each([
    ['[]', 'a JSON object, got []'],
    ['{"weight_map": 3}', 'weight_map with a file for every tensor, got none'],
    ['{"weight_map": {"a": 3}}', 'a file name for a, got 3'],
    ['{"weight_map": {"a": "x", "a": "y"}}', 'every name once, got a twice'],
    ['{', 'a JSON object, got'],
  ])('with the index %s are refused', async (text, message) => {
    writeFileSync(join(folder, INDEX), text);
    await expect(read()).rejects.toThrow(`${join(folder, INDEX)}: expected ${message}`);
  });
});

describe('files outside the folder', () => {
  test.each(['../x.safetensors', '/etc/passwd', 'a/../../x', 'C:\\x', 'a\\..\\x', './x', 'a//x', ''])(
    'are not read: %j',
    async (name) => {
      index({ a: name });
      await expect(read()).rejects.toThrow(
        `${folder}: expected names of files inside the folder, got ${JSON.stringify(name)}. Do not use this checkpoint`,
      );
    },
  );

  test('are not reached by links, but for the blobs of a cache', async () => {
    const outside = join(folder, 'outside.safetensors');
    await writeSafetensors(outside, weightsOf([4]));
    folder = join(folder, 'models--a--b', 'snapshots', 'c');
    mkdirSync(folder, { recursive: true });
    symlinkSync(outside, join(folder, 'model.safetensors'));
    await expect(read()).rejects.toThrow(
      'model.safetensors: expected a file inside the folder, got a link to',
    );
    rmSync(join(folder, 'model.safetensors'));

    const blobs = join(folder, '..', '..', 'blobs');
    mkdirSync(blobs);
    await writeSafetensors(join(blobs, 'sha'), weightsOf([4]));
    symlinkSync('../../blobs/sha', join(folder, 'model.safetensors'));
    expect(await read()).toEqual({ a: [1] });
    folder = join(folder, '..', '..', '..');
  });
});
