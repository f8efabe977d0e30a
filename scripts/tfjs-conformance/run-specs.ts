import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { SpecResult } from './comparison.ts';

const run = promisify(execFile);

/** Runs the bundled specs on one backend in a process of its own. */
export async function runSpecs(bundle: string, backend: string, only: string): Promise<SpecResult[]> {
  const file = join(dirname(bundle), `${backend}.json`);
  try {
    await run(process.execPath, [bundle, backend, only, file], { maxBuffer: 2 ** 26 });
  } catch (error) {
    throw new Error(`the specs on ${backend} did not run to their end; look at what they wrote last.`, {
      cause: error,
    });
  }
  // What specs.ts writes.
  return JSON.parse(readFileSync(file, 'utf8')) as SpecResult[];
}
