import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';
import { runsElsewhere } from '../durable/partial.ts';
import { fileSize } from './cache.ts';

/** What a claim adds to the name of its blob: process, thread, and which of its claims. */
const CLAIM = /\.(?<process>\d+)-(?<thread>\d+)-\d+\.incomplete$/;

/** Blobs that a download of this thread works on. */
const claimed = new Set<string>();
let count = 0;

/** Milliseconds between looks at what another download does. */
const LOOK_AGAIN = 200;
/** Milliseconds after which a file that another thread has not written to is left over: nobody tells when a thread ends. */
const STILL = 60_000;

/**
 * The file that this download of a blob alone writes to: `<checksum>.<process>-<thread>-<n>.incomplete` beside the blob.
 * Where another download of the same blob is at work, here or in another process, it is waited for; what one that ended
 * too early has left is taken over, by a rename, which only one can do. Two processes that begin within the same
 * millisecond may both fetch a blob; each puts the same content into its place.
 *
 * @returns the file, or `undefined` when the other download has put the blob into its place.
 */
export async function claim(blob: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  for (;;) {
    signal?.throwIfAborted();
    if ((await fileSize(blob)) !== undefined) return undefined;
    const mine = await take(blob);
    if (mine !== undefined) return mine;
    await sleep(LOOK_AGAIN, undefined, signal ? { signal } : {});
  }
}

/** Gives the file up; what is in it stays for the next one, unless it is nothing. */
export async function release(mine: string): Promise<void> {
  if ((await fileSize(mine)) === 0) await rm(mine, { force: true });
  claimed.delete(mine.replace(CLAIM, ''));
}

/** @returns `undefined` where another download is at work, or has just put the blob into its place. */
async function take(blob: string): Promise<string | undefined> {
  if (claimed.has(blob)) return undefined;
  claimed.add(blob); // before anything is waited for
  let mine: string | undefined;
  try {
    if ((await fileSize(blob)) === undefined) mine = await ownFile(blob);
    return mine;
  } finally {
    if (mine === undefined) claimed.delete(blob);
  }
}

/** @returns `undefined` where another process or thread is at work. */
async function ownFile(blob: string): Promise<string | undefined> {
  const others = await incompleteOf(blob);
  for (const other of others) if (await isAtWork(other)) return undefined;
  const mine = `${blob}.${process.pid}-${threadId}-${++count}.incomplete`;
  const left = await largest(others);
  if (left === undefined) await (await open(mine, 'wx')).close();
  else if (!(await renamed(left, mine))) return undefined;
  for (const other of others) if (other !== left) await rm(other, { force: true });
  return mine;
}

async function incompleteOf(blob: string): Promise<string[]> {
  const paths = (await readdir(dirname(blob))).map((name) => join(dirname(blob), name));
  return paths.filter((path) => CLAIM.test(path) && path.replace(CLAIM, '') === blob);
}

async function isAtWork(path: string): Promise<boolean> {
  const owner = CLAIM.exec(path)!.groups!;
  if (Number(owner['process']) !== process.pid) return runsElsewhere(Number(owner['process']));
  if (Number(owner['thread']) === threadId) return false; // only one at a time comes here
  const written = await stat(path).catch(() => undefined); // it may be in its place by now
  return written === undefined || Date.now() - written.mtimeMs < STILL;
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
