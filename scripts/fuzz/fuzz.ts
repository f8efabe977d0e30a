import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Format } from './formats.ts';
import { complaint, type Outcome } from './outcome.ts';

/** Without a sign for so many milliseconds, a process hangs: a minute even where the machine is busy. */
const HANGS_AFTER = 60_000;

export interface FuzzResult {
  loaded: number;
  refused: number;
  /** What went wrong, with the number of the mutation. */
  readonly failures: { readonly index: number; readonly what: string }[];
  mostSeconds: number;
  mostBytes: number;
}

/** Loads mutations `from` to `to` of a format in other processes; one that a file ends is followed by the next. */
export async function fuzz({ name }: Format, seed: number, from: number, to: number): Promise<FuzzResult> {
  const result: FuzzResult = { loaded: 0, refused: 0, failures: [], mostSeconds: 0, mostBytes: 0 };
  for (let next = from; next < to; ) next = await runOne(name, seed, next, to, result);
  // Garbage of the files before may have been what grew, and a collection what took long: alone, a file shows what it takes.
  for (const failure of [...result.failures]) {
    if (!/^took/.test(failure.what)) continue;
    const alone: FuzzResult = { loaded: 0, refused: 0, failures: [], mostSeconds: 0, mostBytes: 0 };
    await runOne(name, seed, failure.index, failure.index + 1, alone);
    if (alone.failures.length === 0) result.failures.splice(result.failures.indexOf(failure), 1);
  }
  return result;
}

/** @returns the number of the first mutation that is still to be loaded */
function runOne(name: string, seed: number, from: number, to: number, result: FuzzResult): Promise<number> {
  const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
  const args = [here('../run.mjs'), here('worker.ts'), name, ...[seed, from, to].map(String)];
  const env = { ...process.env, TENON_NODE_ARGS: '--expose-gc' };
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
  let current = from - 1;
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2000);
  });
  const hang = (): void => {
    said = `hung for ${HANGS_AFTER / 1000} s`;
    child.kill('SIGKILL');
  };
  let timer = setTimeout(hang, HANGS_AFTER);
  let isOpen = false;
  createInterface({ input: child.stdout }).on('line', (line) => {
    clearTimeout(timer);
    timer = setTimeout(hang, HANGS_AFTER);
    isOpen = !line.startsWith('{');
    if (isOpen) current = Number(line);
    else take(JSON.parse(line) as Outcome, current, result);
  });
  return new Promise((resolve, reject) => {
    child.on('close', (code) => {
      clearTimeout(timer);
      if (isOpen) result.failures.push({ index: current, what: `ended the process (${code}): ${said}` });
      else if (current < from) return reject(new Error(`fuzz: the worker does not start.\n${said}`));
      resolve(current + 1);
    });
  });
}

function take(outcome: Outcome, index: number, result: FuzzResult): void {
  const what = complaint(outcome);
  if (what !== undefined) result.failures.push({ index, what });
  else if (outcome.isLoaded) result.loaded++;
  else result.refused++;
  result.mostSeconds = Math.max(result.mostSeconds, outcome.seconds);
  result.mostBytes = Math.max(result.mostBytes, outcome.grownBytes);
}
