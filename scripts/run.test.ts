import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const launcher = fileURLToPath(new URL('run.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tenon-run-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(program: string, args: string[] = []): ChildProcess {
  const file = join(folder, 'program.ts');
  writeFileSync(file, program);
  return spawn(process.execPath, [launcher, file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

const output = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => child.stdout!.once('data', (data) => resolve(String(data).trim())));

const exit = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.once('exit', (code) => resolve(code)));

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

it('passes arguments on and exits as the program does', async () => {
  const child = start('console.log(process.argv.slice(2).join()); process.exitCode = 7;', ['a', '--b']);
  const [said, code] = await Promise.all([output(child), exit(child)]);
  expect(said).toBe('a,--b');
  expect(code).toBe(7);
});

it('ends when the program has nothing left to do', async () => {
  expect(await exit(start('export const done = true;'))).toBe(0);
});

it('does not leave the program behind when it is killed', async () => {
  const child = start('console.log(process.pid); setInterval(() => {}, 1000);');
  const pid = Number(await output(child));
  expect(isAlive(pid)).toBe(true);
  child.kill('SIGKILL');
  await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
});
