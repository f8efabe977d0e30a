import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { wellFormed } from '../__fixtures__/texts.ts';
import { needs, readShared } from '../shared.testing.ts';
import { symbolOfByte } from './alphabet.ts';
import { ByteLevelBPETokenizer } from './tokenizer.ts';

const vocabulary = readShared('data/vocab-gpt2/encoder.json');
const merges = readShared('data/vocab-gpt2/vocab.bpe');
const encodings = readShared('goldens/tokenizers/gpt2.jsonl');
const decodings = readShared('goldens/tokenizers/gpt2_decode_any_ids.jsonl');
const missing = [vocabulary, merges, encodings, decodings].includes(undefined);

function lines<T>(jsonl: string): T[] {
  return jsonl
    .trimEnd()
    .split('\n')
    .map((line): T => JSON.parse(line));
}

describe.skipIf(missing)(needs('GPT-2 vocabulary', vocabulary, merges, encodings, decodings), () => {
  const tokenizer = missing
    ? undefined!
    : ByteLevelBPETokenizer.fromVocabularyFiles({ vocabulary: vocabulary!, merges: merges! });

  test('ids and tokens of every text are those of OpenAI’s encoder', () => {
    for (const { text, ids, tokens } of lines<{ text: string; ids: number[]; tokens: string[] }>(
      encodings!,
    )) {
      const encoding = tokenizer.encode(text);
      expect([...encoding.ids], JSON.stringify(text)).toEqual(ids);
      expect(encoding.tokens).toEqual(tokens);
      expect(tokenizer.decode(ids)).toBe(wellFormed(text));
    }
  });

  test('any ids decode, broken UTF-8 to U+FFFD, at once and one by one', () => {
    for (const { ids, text } of lines<{ text: string; ids: number[] }>(decodings!)) {
      expect(tokenizer.decode(ids)).toBe(text);
      const decoder = tokenizer.createDecoder();
      expect(ids.map((id) => decoder.push(id)).join('') + decoder.flush()).toBe(text);
    }
  });

  test('tokenizer.json and the two files carry the whole vocabulary', () => {
    const text = `${encodings}<|endoftext|>`;
    const ids = tokenizer.encodeIds(text, { allowedSpecial: 'all' });
    expect(ids.at(-1)).toBe(50256);
    expect(tokenizer.vocabularySize).toBe(50257);
    for (const copy of [
      ByteLevelBPETokenizer.fromJSON(JSON.stringify(tokenizer)),
      ByteLevelBPETokenizer.fromVocabularyFiles(tokenizer.toVocabularyFiles()),
    ]) {
      expect(copy.encodeIds(text, { allowedSpecial: 'all' })).toEqual(ids);
    }
  });
});

interface MinbpeGolden {
  readonly merges: readonly [left: number, right: number, merged: number][];
  readonly encode: readonly { readonly text: string; readonly ids: number[] }[];
}

test('a vocabulary learned by minbpe gives minbpe’s ids', () => {
  const file = new URL('../__fixtures__/minbpe-gpt2-pattern.json', import.meta.url);
  const golden: MinbpeGolden = JSON.parse(readFileSync(file, 'utf8'));
  const tokens = Array.from({ length: 256 }, (_, byte) => symbolOfByte(byte));
  for (const [left, right, merged] of golden.merges) tokens[merged] = tokens[left]! + tokens[right]!;
  const tokenizer = new ByteLevelBPETokenizer({
    vocabulary: new Map(tokens.map((token, id) => [token, id])),
    merges: golden.merges.map(([left, right]) => [tokens[left]!, tokens[right]!]),
  });
  expect(golden.encode).toHaveLength(120);
  for (const { text, ids } of golden.encode) {
    expect([...tokenizer.encodeIds(text)], JSON.stringify(text)).toEqual(ids);
  }
});
