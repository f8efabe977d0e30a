import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storedTensor } from '@tenon/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeSafetensors } from '../write-safetensors.ts';
import { writeTextFile, writeWhole } from './write-file.ts';
import { recoverFolder, writeFolder } from './write-folder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenon-write-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What the system says when a disk is full, in the middle of a file. */
function* fullDisk(): Generator<Uint8Array> {
  yield Uint8Array.of(1);
  throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
}

describe('writing a file', () => {
  test('replaces the old content and leaves nothing beside it', async () => {
    const file = join(folder, 'a.txt');
    await writeTextFile(file, 'old');
    await writeTextFile(file, 'ümläut');
    expect(readFileSync(file, 'utf8')).toBe('ümläut');
    expect(readdirSync(folder)).toEqual(['a.txt']);
  });

  test('two writers at once give one of both, whole', async () => {
    const file = join(folder, 'a.txt');
    await Promise.all(['x', 'y', 'z'].map((letter) => writeTextFile(file, letter.repeat(1e6))));
    expect(readFileSync(file, 'utf8')).toMatch(/^(x{1000000}|y{1000000}|z{1000000})$/);
    expect(readdirSync(folder)).toEqual(['a.txt']);
  });

  test('a full disk is reported and the old file kept', async () => {
    const file = join(folder, 'a.txt');
    await expect(writeWhole(file, fullDisk())).rejects.toThrow(
      `saving ${file}: expected to write it whole, got ENOSPC: no space left on device, write. The disk is full: free some space and save again.`,
    );
    await writeTextFile(file, 'old');
    await expect(writeWhole(file, fullDisk())).rejects.toThrow('What was saved there before is kept.');
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a.txt']);
  });

  test('a folder that is missing is named', async () => {
    await expect(writeTextFile(join(folder, 'none', 'a.txt'), '')).rejects.toThrow(
      'Make the folder it lies in first.',
    );
  });

  test('a file that another live process is writing is left alone, one of a dead process is removed', async () => {
    writeFileSync(join(folder, `.a.txt.${process.ppid}-1.partial`), '');
    writeFileSync(join(folder, '.a.txt.999999999-1.partial'), '');
    writeFileSync(join(folder, '.a.txt.mine'), '');
    await writeTextFile(join(folder, 'a.txt'), '');
    expect(readdirSync(folder).sort()).toEqual(
      [`.a.txt.${process.ppid}-1.partial`, '.a.txt.mine', 'a.txt'].sort(),
    );
  });
});

describe('writing a folder', () => {
  const fill = (text: string) => (temporary: string) => writeTextFile(join(temporary, 'a.txt'), text);
  const content = () => readFileSync(join(folder, 'target', 'a.txt'), 'utf8');

  test('makes the folders above and replaces an old one whole', async () => {
    const deep = join(folder, 'runs', 'one');
    await writeFolder(deep, fill('old'));
    await writeFolder(deep, async (temporary) => {
      mkdirSync(join(temporary, 'inner'));
      await writeTextFile(join(temporary, 'inner', 'b.txt'), 'b');
    });
    expect(readdirSync(deep)).toEqual(['inner']);
    expect(readdirSync(join(folder, 'runs'))).toEqual(['one']);
  });

  test('keeps the old one when filling fails', async () => {
    const target = join(folder, 'target');
    await writeFolder(target, fill('old'));
    const failing = writeFolder(target, async () => {
      throw new Error('mine');
    });
    await expect(failing).rejects.toThrow(/^mine$/);
    const full = writeFolder(target, (temporary) => writeWhole(join(temporary, 'a.txt'), fullDisk()));
    await expect(full).rejects.toThrow(`saving ${target}: expected to write it whole, got ENOSPC`);
    await expect(full).rejects.toThrow('What was saved there before is kept.');
    expect(content()).toBe('old');
    expect(readdirSync(folder)).toEqual(['target']);
  });

  // The three states in which a kill during the exchange can leave things.
  test.each([
    ['the new one waits and the old one is in place', ['complete', 'target'], 'complete'],
    ['the new one waits and the old one is aside', ['complete', 'previous'], 'complete'],
    ['the new one is in place and the old one aside', ['target', 'previous'], 'target'],
    ['only the old one is left, aside', ['previous'], 'previous'],
  ])('recovers where %s', async (_, present, expected) => {
    for (const word of present) {
      await writeFolder(join(folder, 'made'), fill(word));
      renameSync(join(folder, 'made'), join(folder, word === 'target' ? 'target' : `.target.${word}`));
    }
    await recoverFolder(join(folder, 'target'));
    expect(content()).toBe(expected);
    expect(readdirSync(folder)).toEqual(['target']);
  });
});

describe('a disk that is really full', () => {
  let disk: string;
  const mounted = (): boolean => {
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  };

  test('is reported, the old file kept, the half-written one removed', async ({ skip }) => {
    disk = join(folder, 'disk');
    mkdirSync(disk);
    if (!mounted()) skip('needs the right to mount a small file system');
    try {
      const file = join(disk, 'model.safetensors');
      const weights = (size: number) => new Map([['a', storedTensor(new Float32Array(size), [size])]]);
      await writeSafetensors(file, weights(1000));
      const old = readFileSync(file);
      await expect(writeSafetensors(file, weights(1_000_000))).rejects.toThrow(
        /ENOSPC.*The disk is full: free some space and save again\. What was saved there before is kept\./,
      );
      expect(readFileSync(file)).toEqual(old);
      expect(readdirSync(disk)).toEqual(['model.safetensors']);
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});
