import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** What a finished program printed. */
export interface Output {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Runs Node on a script file with arguments; Windows needs no shell that way. */
export function node(args: readonly string[], { cwd, env }: RunOptions): Output {
  const { status, stdout, stderr, error } = spawnSync(process.execPath, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    timeout: 10 * 60_000,
  });
  return { ok: status === 0, stdout, stderr: error ? `${stderr}${error.message}\n` : stderr };
}

/** The script behind a command that an installed package brings (`attw` of `@arethetypeswrong/cli`). */
export function binary(packageName: string, command: string): string {
  const manifest = findManifest(packageName);
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin?: string | Record<string, string> };
  const script = typeof bin === 'string' ? bin : bin?.[command];
  if (script === undefined) {
    throw new Error(
      `${packageName}: expected a command ${command}, got none. Install the version in the lock file.`,
    );
  }
  return join(dirname(manifest), script);
}

/** The npm that runs this script. */
export function npmScript(): string {
  const script = process.env['npm_execpath'];
  if (script === undefined) throw new Error('npm: expected to be started by it. Do: npm run check:pack');
  return script;
}

/** `exports` often hides a package.json from `require.resolve`, so it is looked for in the folders by hand. */
function findManifest(packageName: string): string {
  for (const folder of require.resolve.paths(packageName) ?? []) {
    const manifest = join(folder, packageName, 'package.json');
    try {
      readFileSync(manifest);
      return manifest;
    } catch {
      // Not in this one.
    }
  }
  throw new Error(`${packageName}: expected it in node_modules, got nothing. Do: npm ci`);
}
