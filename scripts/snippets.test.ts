// Every block of TypeScript in a README, in docs/ or in a doc comment is a program that runs. One that is not says
// "```ts no-run".
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { allSnippets, asFile, snippetsOf } from './snippets.ts';
import { ROOT } from './workspace.ts';

const run = promisify(execFile);
// Inside the repository, so that packages are found, and where nothing is linted or committed.
const programs = join(ROOT, 'node_modules', '.cache', 'snippets');
const workingDirectory = mkdtempSync(join(tmpdir(), 'tenon-snippets-'));
mkdirSync(programs, { recursive: true });
afterAll(() => {
  rmSync(programs, { recursive: true, force: true });
  rmSync(workingDirectory, { recursive: true, force: true });
});

describe.concurrent('snippets', () => {
  test.each(allSnippets())('$place', async (snippet) => {
    const { name, text } = asFile(snippet);
    const { place } = snippet;
    const file = join(programs, name);
    writeFileSync(file, text);
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
