// The cache on disk, as Python's huggingface_hub lays it out:
//   models--org--name/refs/main                        the commit that a branch or tag was at
//   models--org--name/blobs/<checksum>                 the content of files
//   models--org--name/snapshots/<commit>/<file name>   links to blobs
import { copyFile, lstat, mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { getRepoFolderName } from '@huggingface/hub';
import { writeTextFile } from '../durable/write-file.ts';
import { assertRelativeName } from '../names-inside.ts';

const COMMIT = /^[0-9a-f]{40}$/;

export function isCommit(text: string): boolean {
  return COMMIT.test(text);
}

/** The part of the cache that belongs to one repository. */
export class RepositoryCache {
  readonly folder: string;

  constructor(cacheDir: string, name: string) {
    this.folder = join(cacheDir, getRepoFolderName({ type: 'model', name }));
  }

  /** The commit that the cache has for a revision, if it has one. */
  async commitOf(revision: string): Promise<string | undefined> {
    if (isCommit(revision)) return revision;
    assertRelativeName('revision', revision);
    const text = await readFile(join(this.folder, 'refs', ...revision.split('/')), 'utf8').catch(() => '');
    return isCommit(text.trim()) ? text.trim() : undefined;
  }

  async rememberCommit(revision: string, commit: string): Promise<void> {
    if (revision === commit || (await this.commitOf(revision)) === commit) return;
    const path = join(this.folder, 'refs', ...revision.split('/'));
    await mkdir(dirname(path), { recursive: true });
    await writeTextFile(path, commit);
  }

  snapshot(commit: string): string {
    return join(this.folder, 'snapshots', commit);
  }

  blob(checksum: string): string {
    return join(this.folder, 'blobs', checksum);
  }

  /** The names of the files of a commit that are there, as the repository has them. */
  async files(commit: string): Promise<string[]> {
    const folder = this.snapshot(commit);
    const names = await readdir(folder, { recursive: true }).catch(() => []);
    const sizes = await Promise.all(names.map((name) => fileSize(join(folder, name))));
    return names.filter((_, i) => sizes[i] !== undefined).map((name) => name.replaceAll('\\', '/'));
  }

  /** Puts a blob under its name into a snapshot. */
  async place(commit: string, file: string, blob: string): Promise<void> {
    const path = join(this.snapshot(commit), file);
    if ((await fileSize(path)) !== undefined) return;
    await mkdir(dirname(path), { recursive: true });
    if (await lstat(path).catch(() => undefined)) await rm(path); // a link to a blob that is gone
    try {
      await symlink(relative(dirname(path), blob), path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return; // another process was quicker
      // Windows allows links only to some, and some file systems have none.
      const beside = `${path}.${process.pid}.partial`;
      await copyFile(blob, beside);
      await rename(beside, path);
    }
  }
}

/** The size of a file, links followed; `undefined` where there is none. */
export async function fileSize(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? found.size : undefined;
}
