// Loads mutated files in a process of its own:  worker.ts FORMAT SEED FROM TO
// A line before each file says its number, so that whoever started this knows which one ended it; a line of JSON after it
// says what came of it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import { TenonError } from '@tenon/core';
import { setBackend } from '@tensorflow/tfjs-core';
import { FORMATS } from './formats.ts';
import { mutate } from './mutate.ts';
import type { Outcome } from './outcome.ts';

/** So many files are loaded between collections of garbage. */
const COLLECT_EVERY = 20;

const [name, ...numbers] = process.argv.slice(2) as [string, ...string[]];
const [seed, from, to] = numbers.map(Number) as [number, number, number];
const format = FORMATS.find((candidate) => candidate.name === name)!;

const say = (line: string): void => void writeSync(1, `${line}\n`);

/** The peak of resident memory, in bytes, since `forgetPeak`; elsewhere than on Linux since the start. */
function peakBytes(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) * 1024;
}

function forgetPeak(): void {
  if (process.platform === 'linux') writeFileSync('/proc/self/clear_refs', '5');
}

async function outcomeOf(folder: string, fileBytes: number): Promise<Outcome> {
  forgetPeak();
  const before = process.memoryUsage.rss();
  const start = process.cpuUsage();
  let problem: string | undefined;
  let isLoaded = false;
  try {
    await format.load(folder);
    isLoaded = true;
  } catch (error) {
    if (!(error instanceof TenonError)) problem = (error as Error)?.stack ?? String(error);
  }
  const { user, system } = process.cpuUsage(start);
  const grownBytes = peakBytes() - before;
  return { isLoaded, seconds: (user + system) / 1e6, grownBytes, fileBytes, ...(problem ? { problem } : {}) };
}

await setBackend('cpu');
const folder = mkdtempSync(join(tmpdir(), 'tenon-fuzz-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const names = await format.prepare(folder);
const files = names.map((file) => [file, readFileSync(join(folder, file))] as const);
await format.load(folder); // what is compiled at the first call is no file's fault
for (let index = from; index < to; index++) {
  const [target, original] = files[index % files.length]!;
  const mutated = mutate(original, seed, index, format.text?.(original, target));
  writeFileSync(join(folder, target), mutated);
  say(String(index));
  if (index % COLLECT_EVERY === 0) globalThis.gc?.();
  say(JSON.stringify(await outcomeOf(folder, mutated.length)));
  writeFileSync(join(folder, target), original);
}
