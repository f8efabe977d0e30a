import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Package } from '../workspace.ts';
import { binary, node, npmScript } from './tool.ts';

/** A package as it would be published. */
export interface Tarball {
  readonly name: string;
  readonly file: string;
  /** What is inside, relative to the package. */
  readonly files: readonly string[];
}

/** What npm prints about a package that it packed; only the fields read here. */
interface PackReport {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

export function pack({ directory, manifest }: Package, into: string): Tarball {
  mkdirSync(into, { recursive: true });
  const { ok, stdout, stderr } = node(
    [npmScript(), 'pack', '--json', '--ignore-scripts', '--pack-destination', into],
    { cwd: directory },
  );
  if (!ok) throw new Error(`npm pack ${manifest.name}: expected a tarball, got\n${stderr}`);
  const [report] = JSON.parse(stdout) as PackReport[];
  if (!report) throw new Error(`npm pack ${manifest.name}: expected a report, got\n${stdout}`);
  return {
    name: manifest.name,
    file: join(into, report.filename),
    files: report.files.map(({ path }) => path),
  };
}

/** What is wrong with a tarball, as far as can be told without installing it. */
export function inspect({ name, file, files }: Tarball): string[] {
  const unwanted = files.filter((path) => /[.]test[.]|__fixtures__|[.]snap$|tsbuildinfo/.test(path));
  const missing = [
    'README.md',
    'LICENSE',
    'dist/index.js',
    'dist/index.cjs',
    'dist/index.d.ts',
    'dist/index.d.cts',
  ];
  const publint = node([binary('publint', 'publint'), 'run', file, '--strict'], { cwd: '.' });
  // Resolution as Node 10 did it knows no `exports`, so that it never finds a subpath.
  const attw = node(
    [
      binary('@arethetypeswrong/cli', 'attw'),
      file,
      '--profile',
      'node16',
      '--no-definitely-typed',
      '--no-color',
    ],
    { cwd: '.' },
  );
  return [
    ...unwanted.map((path) => `${name}: expected no tests or fixtures in the tarball, got ${path}.`),
    ...missing
      .filter((path) => !files.includes(path))
      .map((path) => `${name}: expected ${path} in the tarball.`),
    ...(publint.ok ? [] : [`${name}: publint says\n${publint.stdout}${publint.stderr}`]),
    ...(attw.ok ? [] : [`${name}: attw says\n${attw.stdout}${attw.stderr}`]),
  ];
}
