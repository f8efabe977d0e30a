import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const launcher = fileURLToPath(new URL('../../../../scripts/run.mjs', import.meta.url));
const main = fileURLToPath(new URL('main.ts', import.meta.url));

test('Ctrl-C in the middle of a training: status 130, and no file, not even half of one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenon-interrupt-'));
  try {
    const child = spawn(process.execPath, [launcher, main, 'train', '-', '-o', join(folder, 'saved.json')]);
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    child.stdin.on('error', () => {}); // closed in the middle of what it is given
    // A pipe takes this much only when somebody reads it, and then the training waits for more.
    const line = 'so many lines of text that a pipe cannot hold them\n';
    await new Promise((resolve) => child.stdin.write(line.repeat(40_000), resolve));
    child.kill('SIGINT');
    const [status] = await once(child, 'close');
    expect({ status, said }).toEqual({ status: 130, said: '\nstopped; nothing was written\n' });
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
