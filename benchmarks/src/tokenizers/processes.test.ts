import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runJob } from './processes.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenon-jobs-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function worker(program: string): string {
  const file = join(folder, 'worker.mjs');
  writeFileSync(file, program);
  return file;
}

test('a peer that never ends is stopped', () => {
  expect(runJob(worker("process.on('SIGTERM', () => {}); for (;;);"), ['peer'], 1)).toBeUndefined();
});

test('the answer is the last line of what a job prints', () => {
  const program = 'console.log("loading\\n" + JSON.stringify({ milliseconds: 5, peakMB: 40 }));';
  expect(runJob(worker(program), ['peer'], 60)).toEqual({ milliseconds: 5, peakMB: 40 });
});

test('a job that fails says why', () => {
  expect(() => runJob(worker('throw new Error("no such vocabulary");'), ['peer'], 60)).toThrow(
    'no such vocabulary',
  );
});
