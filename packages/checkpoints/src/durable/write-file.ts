import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { claimPartial, releasePartial } from './partial.ts';
import { saveError } from './save-error.ts';
import { syncFolder } from './sync.ts';

/** A file that is written whole, beside its place. */
export interface StagedFile {
  /** Puts it into its place; the folder is still to be synced. */
  commit(): Promise<void>;
  /** Lets it go, if it was not put into its place. */
  release(): Promise<void>;
}

/** What a file is made of: pieces one after another, or something that writes a new file of a given path by itself. */
export type FileContent = Iterable<Uint8Array> | ((path: string) => Promise<void>);

/**
 * Writes a file beside its place and syncs it.
 *
 * @throws the system's error, with nothing left behind.
 */
export async function stageFile(file: string, content: FileContent): Promise<StagedFile> {
  const partial = await claimPartial(file);
  try {
    const writesItself = typeof content === 'function';
    if (writesItself) await content(partial);
    const handle = await open(partial, writesItself ? 'r+' : 'wx');
    try {
      if (!writesItself) for (const piece of content) await handle.writeFile(piece);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    await releasePartial(partial);
    throw error;
  }
  return { commit: () => rename(partial, file), release: () => releasePartial(partial) };
}

/**
 * Writes a file so that at every moment, a kill or a power cut included, the old one or the new one is
 * there whole: beside it, synced, then renamed over it.
 *
 * @throws {TenonError} with the system's reason, a full disk for instance; then the old file is kept.
 */
export async function writeWhole(file: string, content: FileContent): Promise<void> {
  try {
    const staged = await stageFile(file, content);
    try {
      await staged.commit();
    } finally {
      await staged.release();
    }
    await syncFolder(dirname(file));
  } catch (error) {
    throw saveError(file, error);
  }
}

/**
 * Writes a UTF-8 file that is never half-written.
 *
 * @throws {TenonError} with the system's reason, a full disk for instance; then the old file is kept.
 */
export async function writeTextFile(file: string, text: string): Promise<void> {
  await writeWhole(file, [new TextEncoder().encode(text)]);
}
