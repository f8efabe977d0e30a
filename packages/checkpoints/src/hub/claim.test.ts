import { mkdtempSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { claim, release } from './claim.ts';

let folder: string;
let blob: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenon-claim-'));
  blob = join(folder, 'c0ffee');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Eight that want the same blob at the same moment, and how those ended that have ended soon. */
function eight(signal: AbortSignal): (string | undefined)[] {
  const ended: (string | undefined)[] = [];
  for (let i = 0; i < 8; i++) {
    claim(blob, signal).then(
      (mine) => ended.push(mine),
      () => {}, // ended by the signal
    );
  }
  return ended;
}

/** Waits until so many have ended, and a little for one too many. */
async function haveEnded(ended: readonly unknown[], count: number): Promise<void> {
  await vi.waitFor(() => expect(ended.length).toBeGreaterThanOrEqual(count), { timeout: 20_000 });
  await sleep(300);
  expect(ended).toHaveLength(count);
}

test('of those that begin together one fetches, and the others find what it fetched', async () => {
  const controller = new AbortController();
  const ended = eight(controller.signal);
  await haveEnded(ended, 1);
  const [mine] = ended;
  expect(readdirSync(folder)).toEqual([mine!.slice(folder.length + 1)]);

  writeFileSync(mine!, 'content');
  renameSync(mine!, blob);
  await release(mine!);
  await haveEnded(ended, 8);
  expect(ended).toEqual([mine, ...Array<undefined>(7).fill(undefined)]);
  controller.abort();
});

test('one that gives up makes way for the next, which goes on with what is there', async () => {
  const controller = new AbortController();
  const ended = eight(controller.signal);
  await haveEnded(ended, 1);
  writeFileSync(ended[0]!, 'half');
  await release(ended[0]!);
  await haveEnded(ended, 2);
  expect(readdirSync(folder)).toEqual([ended[1]!.slice(folder.length + 1)]);
  controller.abort();
  await release(ended[1]!);
});

test('a file of another thread is left alone while it is written to, and taken over when it is still', async () => {
  const theirs = `${blob}.${process.pid}-${threadId + 1}-1.incomplete`;
  writeFileSync(theirs, 'half');
  const claimed = claim(blob, undefined);
  expect(await Promise.race([claimed, sleep(300, 'waits')])).toBe('waits');
  const longAgo = Date.now() / 1000 - 120;
  utimesSync(theirs, longAgo, longAgo);
  const mine = (await claimed)!;
  expect(readdirSync(folder)).toEqual([mine.slice(folder.length + 1)]);
  await release(mine);
});
