import { access, mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { claimPartial, releasePartial } from './partial.ts';
import { saveError } from './save-error.ts';
import { syncFolder, syncTree } from './sync.ts';

/**
 * Writes a folder so that it is never seen half-written: beside it, everything synced, then renamed.
 *
 * Where `folder` exists it is replaced. No portable call exchanges two folders at once, so for the time of
 * two renames the name is free: a kill just then leaves the new folder whole as `.<name>.complete` and the
 * old one as `.<name>.previous`, and `recoverFolder` (or the next `writeFolder`) puts the new one in place.
 * A name that is new each time, `checkpoint-500`, has no such moment.
 *
 * @param fill puts the files into the temporary folder it is given.
 * @throws {TenonError} with the system's reason, a full disk for instance; then the old folder is kept. What
 *   `fill` throws otherwise passes through.
 */
export async function writeFolder(folder: string, fill: (temporary: string) => Promise<void>): Promise<void> {
  const target = resolve(folder);
  const { complete, previous } = namesBeside(target);
  try {
    await mkdir(dirname(target), { recursive: true });
    await recoverFolder(target);
    const partial = await claimPartial(target);
    try {
      await mkdir(partial);
      await fill(partial);
      await syncTree(partial);
      if (!(await exists(target))) await rename(partial, target);
      else {
        await rename(partial, complete);
        await syncFolder(dirname(target));
        await rename(target, previous);
        await rename(complete, target);
      }
    } finally {
      await releasePartial(partial);
    }
    await syncFolder(dirname(target));
    await rm(previous, { recursive: true, force: true });
  } catch (error) {
    throw saveError(target, error);
  }
}

/**
 * Ends what a `writeFolder` that was killed between its last renames left, so that `folder` is there again.
 * Does nothing where nothing is left over.
 */
export async function recoverFolder(folder: string): Promise<void> {
  const target = resolve(folder);
  const { complete, previous } = namesBeside(target);
  if (await exists(complete)) {
    if (await exists(target)) await replaceable(target, previous);
    await rename(complete, target);
    await syncFolder(dirname(target));
  } else if (!(await exists(target)) && (await exists(previous))) {
    await rename(previous, target);
    await syncFolder(dirname(target));
  }
  await rm(previous, { recursive: true, force: true });
}

async function replaceable(target: string, previous: string): Promise<void> {
  await rm(previous, { recursive: true, force: true });
  await rename(target, previous);
}

function namesBeside(target: string): { complete: string; previous: string } {
  const beside = (word: string): string => join(dirname(target), `.${basename(target)}.${word}`);
  return { complete: beside('complete'), previous: beside('previous') };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
