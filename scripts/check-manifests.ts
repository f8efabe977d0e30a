// Says which packages do not declare exactly what their sources import, and whether the lock file is portable.
// Tests are left out: inside the workspace every package is at hand, and declaring them would tie the
// packages into circles (core's tests use testing, which needs core).
import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import ts from 'typescript';
import { filesUnder, type Package, packages, ROOT } from './workspace.ts';

const problems = [...packages().flatMap(undeclared), ...hostsInLockFile()];
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else
  console.log(`${packages().length} packages declare exactly what they import; the lock file names no host`);

function undeclared({ folder, directory, manifest }: Package): string[] {
  const declared = new Set(
    [manifest.dependencies, manifest.optionalDependencies, manifest.peerDependencies].flatMap((group) =>
      Object.keys(group ?? {}),
    ),
  );
  const imported = importsOf(join(directory, 'src'));
  imported.delete(manifest.name);
  const missing = [...imported].filter((name) => !declared.has(name));
  // Peers are declared for what the package stands on, too; optional packages are looked for at run time.
  const unused = Object.keys(manifest.dependencies ?? {}).filter((name) => !imported.has(name));
  return [
    ...missing.map(
      (name) => `packages/${folder}: expected ${name} in package.json, since its source imports it.`,
    ),
    ...unused.map(
      (name) => `packages/${folder}: package.json declares ${name}, which its source never imports.`,
    ),
  ];
}

/** The packages that the sources under a directory import, types included. */
function importsOf(directory: string): Set<string> {
  const sources = filesUnder(directory).filter(
    (file) => /(?<![.]test)[.]ts$/.test(file) && !file.includes('__fixtures__'),
  );
  const specifiers = sources.flatMap((file) =>
    ts
      .preProcessFile(readFileSync(join(directory, file), 'utf8'))
      .importedFiles.map(({ fileName }) => fileName),
  );
  return new Set(specifiers.filter(isPackage).map(packageName));
}

function isPackage(specifier: string): boolean {
  return !/^([.]|node:)/.test(specifier) && !builtinModules.includes(specifier);
}

/** `@tenon/models` for `@tenon/models/gpt2`. */
function packageName(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** A lock file that names a registry installs from that registry only: `.npmrc` keeps such names out. */
function hostsInLockFile(): string[] {
  const lines = readFileSync(join(ROOT, 'package-lock.json'), 'utf8').split('\n');
  return lines.flatMap((line, index) =>
    /"resolved": "\w+:/.test(line)
      ? [`package-lock.json:${index + 1}: expected no address, got ${line.trim()}`]
      : [],
  );
}
