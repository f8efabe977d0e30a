// The published packages of this repository, as files.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT: string = fileURLToPath(new URL('..', import.meta.url));

/** What is read from a package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly [field: string]: unknown;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, unknown>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

export interface Package {
  /** The folder's name: `core` for `@tenon/core`. */
  readonly folder: string;
  readonly directory: string;
  readonly manifest: Manifest;
}

export function packages(): Package[] {
  return readdirSync(join(ROOT, 'packages'))
    .map((folder) => ({ folder, directory: join(ROOT, 'packages', folder) }))
    .filter(({ directory }) => existsSync(join(directory, 'package.json')))
    .map((found) => ({ ...found, manifest: readManifest(found.directory) }));
}

/** The files under a directory, relative to it, with `/` between the parts. */
export function filesUnder(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(directory.length + 1)
        .replaceAll('\\', '/'),
    );
}

function readManifest(directory: string): Manifest {
  // A package.json of our own: its shape is what the tests of this folder check.
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest;
}
