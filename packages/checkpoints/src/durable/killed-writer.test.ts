import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSafetensors } from '../open-safetensors.ts';
import { writeTextFile } from './write-file.ts';
import { recoverFolder, writeFolder } from './write-folder.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const writer = fileURLToPath(new URL('../__fixtures__/endless-writer.ts', import.meta.url));

/** Starts the writer from source, lets it finish a version, and kills it `delay` milliseconds later. */
async function killedAfter(delay: number, kind: 'file' | 'folder', target: string): Promise<void> {
  const imports = [import.meta.resolve('tsx'), pathToFileURL(join(root, 'scripts/source-hooks.mjs')).href];
  const child = spawn(
    process.execPath,
    ['--conditions=@tenon/source', ...imports.flatMap((path) => ['--import', path]), writer, kind, target],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const exit = once(child, 'exit');
  await once(child.stdout, 'data');
  await new Promise((resolve) => setTimeout(resolve, delay));
  child.kill('SIGKILL');
  const [, signal] = await exit;
  expect(signal).toBe('SIGKILL');
}

function expectWhole(file: string): string {
  using open = openSafetensors(file);
  const { version } = open.metadata as { version: string };
  for (const stored of open.weights.values()) {
    expect(stored.read().every((value) => value === Number(version))).toBe(true);
  }
  return version;
}

describe('a writer killed with SIGKILL', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenon-killed-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each([0, 2, 7])('leaves a whole file, %i ms into the next writes', async (delay) => {
    const file = join(folder, 'model.safetensors');
    await killedAfter(delay, 'file', file);
    expectWhole(file);
  });

  test.each([0, 1, 3, 6, 12])('leaves a whole folder, %i ms into the next writes', async (delay) => {
    const target = join(folder, 'checkpoint');
    await killedAfter(delay, 'folder', target);
    await recoverFolder(target);
    expect(expectWhole(join(target, 'model.safetensors'))).toBe(
      readFileSync(join(target, 'version.txt'), 'utf8'),
    );
  });

  test('what it leaves over is gone after the next write', async () => {
    const target = join(folder, 'checkpoint');
    await writeTextFile(join(folder, 'model.safetensors'), '');
    await writeFolder(target, (temporary) => writeTextFile(join(temporary, 'version.txt'), 'new'));
    expect(readdirSync(folder).sort()).toEqual(['checkpoint', 'model.safetensors']);
    expect(readdirSync(target)).toEqual(['version.txt']);
  });
});
