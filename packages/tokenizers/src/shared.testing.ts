import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const SHARED = process.env['TENON_SHARED'] ?? resolve(ROOT, '../shared');

/** The text of a file of the project's shared data, or `undefined` where it is not at hand. */
export function readShared(path: string): string | undefined {
  const file = resolve(SHARED, path);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** A test's name, saying why it is skipped where a shared file is missing. */
export function needs(name: string, ...texts: readonly (string | undefined)[]): string {
  const present = texts.every((text) => text !== undefined);
  return present ? name : `${name} (skipped: the shared data is not here; set TENON_SHARED to its folder)`;
}
