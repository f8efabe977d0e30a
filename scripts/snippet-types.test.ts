// Every block of TypeScript that runs also has no type error, as strict as our own code: it is what people copy.
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { allSnippets, asFile } from './snippets.ts';
import { ROOT } from './workspace.ts';

const folder = join(ROOT, 'node_modules', '.cache', 'snippet-types');
const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('snippets have no type errors', { timeout: 300_000 }, async () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { name, text } of allSnippets().map(asFile)) {
    writeFileSync(join(folder, name), `${text}\nexport {};\n`);
  }
  const config = {
    extends: '../../../tsconfig.json',
    compilerOptions: {
      incremental: false,
      // A program of three lines may end with a value that nobody reads, and exports nothing.
      noUnusedLocals: false,
      isolatedDeclarations: false,
      declaration: false,
    },
    include: ['*.mts', '../../../packages/*/src/**/*.d.ts'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const errors = await promisify(execFile)(process.execPath, [tsc, '-p', folder], { cwd: ROOT }).then(
    () => '',
    ({ stdout, message }: { stdout?: string; message: string }) => stdout || message,
  );
  expect(errors).toBe('');
});
