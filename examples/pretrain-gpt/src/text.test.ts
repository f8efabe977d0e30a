import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trainByteLevelBPE } from '@tenon/tokenizers/training';
import { afterAll, describe, expect, it } from 'vitest';
import { type Settings, SHORT } from './options.ts';
import { readText } from './text.ts';
import { tokenize } from './tokens.ts';

const folder = mkdtempSync(join(tmpdir(), 'tenon-text-'));
afterAll(() => rmSync(folder, { recursive: true }));

function settingsFor(content: string | Uint8Array): Settings {
  const data = join(folder, 'text');
  writeFileSync(data, content);
  return { ...SHORT, data };
}

describe('readText', () => {
  it('keeps the end of a file for validation', () => {
    const text = 'one two three four '.repeat(100);
    const { train, validation, prompt } = readText(settingsFor(text));
    expect(train.join('') + validation.join('')).toBe(text);
    expect(validation.join('').length / text.length).toBeCloseTo(0.05, 2);
    expect(validation[0]!.startsWith(prompt)).toBe(true);
  });

  it('begins samples with something, whatever is at the border', () => {
    expect(readText(settingsFor(`${'word '.repeat(950)}${' '.repeat(300)}last words`)).prompt).toBe(
      'last words',
    );
    expect(readText(settingsFor(`${'word '.repeat(950)}${' '.repeat(1000)}`)).prompt).toBe('\n');
  });

  it.each([
    ['an empty file', '', /expected a text in UTF-8, got an empty file\. Choose a file/],
    [
      'a binary file',
      Uint8Array.of(80, 75, 0, 4),
      /got a zero byte at offset 2: a binary file\. Extract the text first/,
    ],
    [
      'another encoding',
      Uint8Array.of(71, 114, 252, 223, 101),
      /got bytes that are not UTF-8\. Convert it: iconv/,
    ],
  ])('complains about %s', (_, content, message) => {
    expect(() => readText(settingsFor(content))).toThrow(message);
  });

  it('complains about a missing file and a folder', () => {
    expect(() => readText({ ...SHORT, data: 'nowhere.txt' })).toThrow(
      '--data nowhere.txt: expected a text file, got no such file. Check the path; it is taken from the folder that the command runs in.',
    );
    expect(() => readText({ ...SHORT, data: folder })).toThrow('expected a text file, got a folder.');
  });
});

describe('tokenize', () => {
  const tokenizer = trainByteLevelBPE('abc', { vocabularySize: 257, specialTokens: ['<|endoftext|>'] });

  it('gives every validation token one place in whole batches', async () => {
    const settings = { ...settingsFor('x'.repeat(4000)), context: 8, batch: 4 };
    const { validation, evaluationBatch, bytesPerToken } = tokenize(
      readText(settings),
      await tokenizer,
      settings,
    );
    expect((validation.length - 1) % (8 * evaluationBatch)).toBe(0);
    expect(bytesPerToken).toBe(1);
  });

  it('complains about a text that is too short, and about a context that is longer than the text', async () => {
    const short = settingsFor('too short');
    const read = readText(short);
    const complete = await tokenizer;
    expect(() => tokenize(read, complete, short)).toThrow(
      /expected at least a few hundred words, .* got 11 tokens\./,
    );
    const settings = { ...settingsFor('x '.repeat(600)), context: 512 };
    expect(() => tokenize(readText(settings), complete, settings)).toThrow(
      '--context 512: expected at most 60: the text has 1141 tokens to learn from and 61 kept for validation, got 512. Choose a longer text, or a shorter --context.',
    );
  });
});
