import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from './command.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenon-command-'));
  writeFileSync(join(folder, 'corpus.txt'), 'low lower lowest\nnew newer newest\n'.repeat(20));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(
  args: string[],
  input = '',
  signal = new AbortController().signal,
  isTTY = false,
): Promise<Ran> {
  const written = { stdout: '', stderr: '' };
  const status = await runCommand(args, {
    stdin: chunks(input),
    stdout: { write: (text) => (written.stdout += text) },
    stderr: { write: (text) => (written.stderr += text), isTTY },
    signal,
  });
  return { status, ...written };
}

/** Cut where a pipe might cut. */
async function* chunks(text: string): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += 7) yield text.slice(at, at + 7);
}

const path = (name: string): string => join(folder, name);

describe('train, encode and inspect', () => {
  test.each(['byte-level', 'bpe', 'wordpiece', 'unigram', 'words', 'characters'])('%s', async (type) => {
    const output = path(`${type}.json`);
    const trained = await run(['train', path('corpus.txt'), '--type', type, '--size', '300', '-o', output]);
    expect(trained).toMatchObject({ status: 0, stdout: '' });
    expect(trained.stderr).toMatch(/json: \d+ ids\n$/);
    const encoded = await run(
      ['encode', '-t', output, '--format', 'json', '--no-template'],
      'low newest\n\nlower',
    );
    const lines = encoded.stdout
      .trimEnd()
      .split('\n')
      .map((line): { ids: number[] } => JSON.parse(line));
    expect(lines).toHaveLength(3);
    expect(lines[0]!.ids.length).toBeGreaterThan(0);
    expect(lines[1]!.ids).toEqual([]);
    const described = await run(['inspect', output, 'low']);
    expect(described.stdout).toMatch(
      /^normalizer +\w+\npre_tokenizer +\w+\nmodel +(BPE|WordPiece|Unigram|WordLevel)\n/,
    );
    expect(described.stdout).toMatch(/\[0, \d\) {2}"l/);
  });

  test('a pipe: from the standard input to the standard output', async () => {
    const { stdout } = await run(['train', '--size', '260', '--output', '-'], 'low lower low\n'.repeat(5));
    expect(JSON.parse(stdout)).toMatchObject({ model: { type: 'BPE' } });
    writeFileSync(path('piped.json'), stdout);
    expect((await run(['encode', '--tokenizer', path('piped.json'), '-'], 'low\n')).stdout).toBe('257\n');
    expect((await run(['encode', '-t', path('piped.json'), '--format', 'count'], 'low\n')).stdout).toBe(
      '1\n',
    );
    expect((await run(['encode', '-t', path('piped.json'), '--format', 'tokens'], 'low\n')).stdout).toBe(
      '["low"]\n',
    );
  });

  test('on a terminal it tells how far it is', async () => {
    const output = path('progress.json');
    const { stderr } = await run(
      ['train', path('corpus.txt'), '--size', '270', '-o', output],
      '',
      undefined,
      true,
    );
    expect(stderr).toContain('\rread 40 lines, ');
    expect(stderr).toContain(' merges');
  });

  test('stopped, it says so and leaves no file, nor half of one', async () => {
    const output = path('stopped.json');
    const signal = AbortSignal.abort();
    const { status, stderr } = await run(['train', path('corpus.txt'), '-o', output], '', signal);
    expect({ status, stderr }).toEqual({ status: 130, stderr: '\nstopped; nothing was written\n' });
    expect(existsSync(output)).toBe(false);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('a file that is there stays whole until the new one is', async () => {
    const output = path('kept.json');
    writeFileSync(output, 'before');
    await run(['train', path('corpus.txt'), '-o', output], '', AbortSignal.abort());
    expect(readFileSync(output, 'utf8')).toBe('before');
  });
});

describe('help and errors', () => {
  test('help for all and for each', async () => {
    expect(await run(['--help'])).toMatchObject({ status: 0, stderr: '' });
    expect((await run([])).status).toBe(2);
    for (const name of ['train', 'encode', 'inspect']) {
      const { status, stdout } = await run([name, '--help']);
      expect(status).toBe(0);
      expect(stdout).toContain(`npx @tenon/tokenizers ${name}`);
    }
  });

  test.each<[string[], number, string]>([
    [['tran'], 2, 'command: expected train, encode or inspect, got tran. Do: --help.'],
    [['constructor'], 2, 'command: expected train, encode or inspect, got constructor.'],
    [['encode', '--fast'], 2, 'Do: encode --help.'],
    [['encode'], 1, '--tokenizer: expected a tokenizer.json or a folder, got nothing. Do: encode --help.'],
    [
      ['encode', '-t', 'no/such.json'],
      1,
      'no/such.json: expected a file that can be read, got no such file.',
    ],
    [['train', '--size', 'many'], 1, '--size: expected a whole number of at least 1, got "many".'],
    [['train', '--type', 'bert'], 1, '--type: expected one of byte-level, bpe, wordpiece,'],
    [['train', 'no/such.txt'], 1, 'no/such.txt: expected a file that can be read, got no such file.'],
    [['inspect'], 1, 'arguments: expected a path and at most one text, got 0.'],
  ])('%j', async (args, status, message) => {
    const ran = await run(args);
    expect(ran.status).toBe(status);
    expect(ran.stderr).toContain(message);
  });
});
