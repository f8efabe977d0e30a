// Every block of TypeScript in a README, in docs/ or in a doc comment is a program that runs. One that is not says
// "```ts no-run".
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { filesUnder, packages, ROOT } from './workspace.ts';

interface Snippet {
  /** Where the block starts: `packages/core/README.md:14`. */
  readonly place: string;
  readonly line: number;
  readonly code: string;
}

const run = promisify(execFile);
// Inside the repository, so that packages are found, and where nothing is linted or committed.
const programs = join(ROOT, 'node_modules', '.cache', 'snippets');
const workingDirectory = mkdtempSync(join(tmpdir(), 'tenon-snippets-'));
mkdirSync(programs, { recursive: true });
afterAll(() => {
  rmSync(programs, { recursive: true, force: true });
  rmSync(workingDirectory, { recursive: true, force: true });
});

const pages = [
  'README.md',
  ...packages().map(({ folder }) => `packages/${folder}/README.md`),
  ...filesUnder(join(ROOT, 'docs')).map((file) => `docs/${file}`),
  ...packages().flatMap(({ folder }) =>
    filesUnder(join(ROOT, 'packages', folder, 'src')).map((file) => `packages/${folder}/src/${file}`),
  ),
].filter((page) => /\.md$|(?<!\.test)\.ts$/.test(page) && existsSync(join(ROOT, page)));

const snippets = pages.flatMap((page) => snippetsOf(page, readFileSync(join(ROOT, page), 'utf8')));

describe.concurrent('snippets', () => {
  test.each(snippets)('$place', async ({ place, line, code }) => {
    const file = join(programs, `${place.replaceAll(/[/:]/g, '-')}.mts`);
    // Empty lines before it, so that an error names the line of the page.
    writeFileSync(file, '\n'.repeat(line) + code);
    const problem = await run(process.execPath, [join(ROOT, 'scripts', 'run.mjs'), file], {
      cwd: workingDirectory,
      timeout: 55_000,
    }).then(
      () => undefined,
      (error: { stderr?: string; message: string }) =>
        `${place} does not run:\n${error.stderr || error.message}`,
    );
    expect(problem).toBeUndefined();
  });
});

test('snippets are found by their language', () => {
  const page = ['a', '```ts', 'one', '```', '```ts no-run', 'two', '```', '```sh', 'three', '```', '~'].join(
    '\n',
  );
  expect(snippetsOf('p.md', page)).toEqual([{ place: 'p.md:2', line: 2, code: 'one\n' }]);
});

test('snippets are found in doc comments', () => {
  const source = ['/**', ' * @example', ' * ```ts', ' * one;', ' *', ' * two;', ' * ```', ' */', '~'].join(
    '\n',
  );
  expect(snippetsOf('s.ts', source)).toEqual([{ place: 's.ts:3', line: 3, code: 'one;\n\ntwo;\n' }]);
});

function snippetsOf(page: string, text: string): Snippet[] {
  const plain = page.endsWith('.ts') ? text.replaceAll(/^ *\* ?/gm, '') : text;
  return [...plain.matchAll(/^```ts\r?\n([\s\S]*?)^```/gm)].map((match) => {
    const line = plain.slice(0, match.index).split('\n').length;
    return { place: `${page}:${line}`, line, code: match[1] ?? '' };
  });
}
