import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runsElsewhere } from '../durable/partial.ts';
import { fileSize } from './cache.ts';

const active = new Set<string>();
let count = 0;

/** Milliseconds between looks at what another download does. */
const LOOK_AGAIN = 200;

/**
 * The file that this download of a blob alone writes to: `<checksum>.<pid>-<n>.incomplete` beside the blob. Where another
 * download of the same blob is at work, here or in another process, it is waited for; what one that ended too early has
 * left is taken over, by a rename, which only one can do.
 *
 * @returns the file, or `undefined` when the other download has put the blob into its place.
 */
export async function claim(blob: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  for (;;) {
    signal?.throwIfAborted();
    if ((await fileSize(blob)) !== undefined) return undefined;
    const others = await incompleteOf(blob);
    if (others.some(isAlive)) {
      await sleep(LOOK_AGAIN, undefined, signal ? { signal } : {});
      continue;
    }
    const mine = join(dirname(blob), `${basename(blob)}.${process.pid}-${++count}.incomplete`);
    active.add(mine);
    const left = await largest(others);
    if (left === undefined) await (await open(mine, 'wx')).close();
    else if (!(await renamed(left, mine))) {
      active.delete(mine);
      continue;
    }
    for (const other of others) if (other !== left) await rm(other, { force: true });
    return mine;
  }
}

/** Gives the file up; what is in it stays for the next one, unless it is nothing. */
export async function release(mine: string): Promise<void> {
  if ((await fileSize(mine)) === 0) await rm(mine, { force: true });
  active.delete(mine);
}

async function incompleteOf(blob: string): Promise<string[]> {
  const start = `${basename(blob)}.`;
  const names = await readdir(dirname(blob));
  return names
    .filter((name) => name.startsWith(start) && /^\d+-\d+\.incomplete$/.test(name.slice(start.length)))
    .map((name) => join(dirname(blob), name));
}

function isAlive(path: string): boolean {
  return active.has(path) || runsElsewhere(Number(/\.(\d+)-\d+\.incomplete$/.exec(path)![1]));
}

async function largest(paths: readonly string[]): Promise<string | undefined> {
  const sizes = await Promise.all(paths.map(async (path) => (await fileSize(path)) ?? -1));
  const best = sizes.indexOf(Math.max(...sizes));
  return paths[best];
}

async function renamed(from: string, to: string): Promise<boolean> {
  return rename(from, to).then(
    () => true,
    () => false,
  );
}
