import { beforeAll, describe, expect, test } from 'vitest';
import type { ByteLevelBPETokenizer } from './tokenizer.ts';
import { trainByteLevelBPE } from './train.ts';

/** A quadratic algorithm takes minutes on these; a slow machine with other work takes a second or two. */
const LIMIT = 10_000;
const LENGTH = 100_000;
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Letters that look random and are the same every time. */
function scramble(alphabet: string, length: number): string {
  let state = 1;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return alphabet[state % alphabet.length];
  }).join('');
}

const long: readonly (readonly [name: string, text: string])[] = [
  ['equal letters', 'a'.repeat(LENGTH)],
  ['blanks', ' '.repeat(LENGTH)],
  ['line feeds', '\n'.repeat(LENGTH)],
  ['random letters', scramble('abcdefghijklmnopqrstuvwxyz', LENGTH)],
  ['Chinese', scramble('天地玄黄宇宙洪荒日月盈昃辰宿列张', LENGTH)],
  ['base64, 1 MB', scramble(BASE64, 1_000_000)],
];

describe('never quadratic', () => {
  let tokenizer: ByteLevelBPETokenizer;
  beforeAll(async () => {
    const texts = long.map(([, text]) => text.slice(0, 5000));
    tokenizer = await trainByteLevelBPE(texts, { vocabularySize: 2000 });
  });

  test.each(long)('encodes with offsets, decodes and trains on %s', { timeout: LIMIT }, async (_, text) => {
    const { ids, offsets } = tokenizer.encode(text);
    expect(offsets.at(-1)![1]).toBe(text.length);
    expect(tokenizer.decode(ids) === text).toBe(true);
    const trained = await trainByteLevelBPE(text, { vocabularySize: 300 });
    expect(trained.countTokens(text)).toBeLessThan(text.length * 3);
  });
});
