import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trainByteLevelBPE } from '@tenon/tokenizers/training';
import { afterAll, describe, expect, it } from 'vitest';
import { readCommand, type TrainCommand } from './options.ts';
import { Run } from './run-folder.ts';
import type { Text } from './text.ts';

const root = mkdtempSync(join(tmpdir(), 'tenon-run-folder-'));
const TOKENIZER = trainByteLevelBPE(['a b c'], { vocabularySize: 257, specialTokens: ['<|endoftext|>'] });
afterAll(() => rmSync(root, { recursive: true, force: true }));

const text: Text = { train: ['a b'], validation: ['c'], origin: 'a test', prompt: 'a', hash: 'abc' };
const command = (folder: string, ...rest: string[]): TrainCommand =>
  readCommand(['--out', folder, ...rest]) as TrainCommand;

describe('Run', () => {
  it('is alone in its folder, and leaves it to others at the end', async () => {
    const folder = join(root, 'used');
    {
      using run = new Run(command(folder));
      await run.begin(text, await TOKENIZER);
      writeFileSync(join(folder, '.running'), String(process.ppid)); // as if another process had it
      expect(() => new Run(command(folder, '--resume'))).toThrow(
        `--out ${folder}: expected a folder that no other run is at work in, got one in use by process ${process.ppid}. ` +
          `Wait for it, stop it (kill ${process.ppid}), or choose another: --out FOLDER. ` +
          `If that is no run, delete ${join(folder, '.running')}.`,
      );
    }
    expect(existsSync(join(folder, '.running'))).toBe(false);
    expect(new Run(command(folder, '--resume')).resumed).toBe(true);
  });

  it('takes over from one that was killed', async () => {
    const folder = join(root, 'killed');
    using run = new Run(command(folder));
    await run.begin(text, await TOKENIZER);
    writeFileSync(join(folder, '.running'), '4194305'); // above the highest number of a Linux process
    expect(new Run(command(folder, '--resume')).resumed).toBe(true);
    rmSync(join(folder, 'run.json'));
    rmSync(join(folder, 'tokenizer.json'));
    for (const name of readdirSync(folder)) if (name.startsWith('text-')) rmSync(join(folder, name));
    expect(new Run(command(folder)).resumed).toBe(false); // killed before it wrote anything
  });
});
