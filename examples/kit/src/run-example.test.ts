import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type Ended, startProgram } from './start-program.ts';

const KIT = JSON.stringify(new URL('./run-example.ts', import.meta.url).href);

const root = mkdtempSync(join(tmpdir(), 'tenon-kit-'));
const folder = join(root, 'tiny');
mkdirSync(join(folder, 'src'), { recursive: true });
writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
writeFileSync(
  join(folder, 'src', 'main.ts'),
  `import { writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { runExample } from ${KIT};
await runExample(
  { purpose: 'Counts.', data: 'numbers', options: { mode: { text: 'how', value: 'report' } } },
  async ({ data, out, seed, mode, signal }) => {
    console.log(JSON.stringify({ data, seed }));
    if (mode === 'fail') throw new Error('a bug');
    while (mode === 'wait' && !signal.aborted) await setTimeout(10);
    if (mode === 'report') writeFileSync(out + '/report.html', '<svg>');
  },
);
`,
);
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Runs the example as npm does, and presses Ctrl-C when it says `interruptAfter`. */
function start(args: readonly string[], interruptAfter?: string): Promise<Ended> {
  const env = { INIT_CWD: root, npm_package_json: join(folder, 'package.json') };
  return startProgram(join(folder, 'src', 'main.ts'), [...args, '--backend', 'cpu'], env, interruptAfter);
}

test('a short run says what it computes on and where its report is, paths seen from where npm was called', async () => {
  const { code, output } = await start(['--short', '--data', 'mine.tsv', '--seed', '7']);
  expect(output).toContain(JSON.stringify({ data: join(root, 'mine.tsv'), seed: 7 }));
  expect(output).toMatch(/^backend {3}/);
  expect(output).toContain(`report    ${join('tiny', 'runs', 'short', 'report.html')}\nshort form passed\n`);
  expect(readFileSync(join(folder, 'runs', 'short', 'report.html'), 'utf8')).toBe('<svg>');
  expect(code).toBe(0);
});

test('a short run without a report fails in one line', async () => {
  const { code, errors } = await start(['--short', '--mode', 'nothing', '--out', 'elsewhere']);
  expect(errors).toMatch(/^error: short form: expected .*report\.html to be written, got nothing in .*\n$/);
  expect(code).toBe(1);
});

test('what the command line gets wrong is one line, a bug has its stack', async () => {
  const unknown = await start(['--sing']);
  expect(unknown.errors).toMatch(/^error: command line: expected the options that --help lists, .*\n$/);
  expect(unknown.code).toBe(1);
  const bug = await start(['--mode', 'fail']);
  expect(bug.errors).toContain('Error: a bug\n    at ');
  expect(bug.code).toBe(1);
});

test('Ctrl-C ends it with 130, --help with its options', async () => {
  expect((await start(['--mode', 'wait'], '"seed":42')).code).toBe(130);
  const { code, output } = await start(['--help']);
  expect(output).toMatch(
    /^Counts\.\n\nnpm start -w examples\/tiny \[-- options\]\n {2}--data FILE +numbers\n/,
  );
  expect(code).toBe(0);
});
