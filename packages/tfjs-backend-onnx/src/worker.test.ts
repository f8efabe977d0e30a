import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

interface Said {
  readonly before: number[];
  readonly workers: number[][];
  readonly turns: number;
  readonly stopped: number;
  readonly after: number[];
}

test('workers train as the main thread does, which goes on with its own work meanwhile', () => {
  const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
  const program = [path('../../../scripts/run.mjs'), path('__fixtures__/train-in-workers.ts')];
  const said: Said = JSON.parse(execFileSync(process.execPath, program, { encoding: 'utf8' }));
  expect(said.before).toHaveLength(3);
  expect(said.workers).toEqual([said.before, said.before]);
  expect(said.turns).toBeGreaterThan(20);
  // Stopping a worker in the middle of its training harms nobody else.
  expect(said.stopped).toBe(1);
  expect(said.after).toEqual(said.before);
});
