import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { TenonError } from '@tenon/core';

/**
 * Refuses a file name that would lead out of the folder it is joined to, by the rules of every system: what is written
 * on one may be read on another.
 *
 * @param subject where the name comes from.
 * @throws {TenonError} for `../`, absolute paths, drives and backslashes.
 */
export function assertRelativeName(subject: string, name: string): void {
  const parts = name.split('/');
  const leaves = parts.some(
    (part) => part === '' || part === '.' || part === '..' || /^[a-zA-Z]:/.test(part),
  );
  if (!leaves && !/[\\\0]/.test(name)) return;
  throw new TenonError({
    subject,
    expected: 'names of files inside the folder',
    got: JSON.stringify(name),
    advice: 'Do not use this checkpoint: it reaches for other files.',
  });
}

/**
 * The path of a file of a model folder. In a snapshot of the Hugging Face cache, files are links to the `blobs` beside it;
 * every other link that leads out of the folder is refused.
 *
 * @returns the path, whether or not there is a file.
 * @throws {TenonError} when the name or a link leaves the folder.
 */
export async function pathInside(folder: string, name: string): Promise<string> {
  assertRelativeName(folder, name);
  const path = join(folder, name);
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined) return path;
  const root = await realpath(folder);
  const isSnapshot = basename(dirname(root)) === 'snapshots';
  const allowed = isSnapshot ? [root, join(dirname(dirname(root)), 'blobs')] : [root];
  if (allowed.some((place) => isBelow(place, real))) return path;
  throw new TenonError({
    subject: path,
    expected: 'a file inside the folder',
    got: `a link to ${real}`,
    advice: 'Copy the file into the folder if you trust it.',
  });
}

function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
