import { describe, expect, test } from 'vitest';
import { readVocabularyLines } from '../files/vocabulary-lines.ts';
import { needs, readShared } from '../shared.testing.ts';
import { bertTokenizer } from './bert.ts';
import { gptTokenizer } from './gpt.ts';
import { standardizeText } from './text-standardize.ts';

function lines<T>(jsonl: string): T[] {
  return jsonl
    .trimEnd()
    .split('\n')
    .map((line): T => JSON.parse(line));
}

const cases = [
  { name: 'bert_en_uncased', file: 'bert-base-uncased-vocab.txt', lowercase: true },
  { name: 'bert_en_cased', file: 'bert-base-cased-vocab.txt', lowercase: false },
  { name: 'bert_zh', file: 'bert-base-chinese-vocab.txt', lowercase: true },
];

describe.each(cases)('$name', ({ name, file, lowercase }) => {
  const vocabulary = readShared(`data/vocab-bert/${file}`);
  const golden = readShared(`goldens/tokenizers/${name}.jsonl`);
  const missing = vocabulary === undefined || golden === undefined;

  test.skipIf(missing)(needs('tokens and ids are those of the original', vocabulary, golden), () => {
    const tokenizer = bertTokenizer({
      vocabulary: readVocabularyLines(vocabulary!),
      lowercase,
      original: true,
    });
    for (const { text, tokens, ids } of lines<{ text: string; tokens: string[]; ids: number[] }>(golden!)) {
      const encoding = tokenizer.encode(text, { addSpecialTokens: false });
      expect(encoding.tokens, JSON.stringify(text)).toEqual(tokens);
      expect([...encoding.ids]).toEqual(ids);
    }
  });
});

describe('GPT (2018)', () => {
  const vocabulary = readShared('data/vocab-gpt/encoder_bpe_40000.json');
  const merges = readShared('data/vocab-gpt/vocab_40000.bpe');
  const golden = readShared('goldens/tokenizers/gpt_openai_basictokenizer.jsonl');
  const words = readShared('goldens/tokenizers/gpt_bpe_words.jsonl');
  const standardized = readShared('goldens/tokenizers/gpt_text_standardize.jsonl');
  const missing = [vocabulary, merges, golden, words].includes(undefined);

  const make = (standardize: 'bert' | 'openai' | 'none') =>
    gptTokenizer({
      vocabulary: new Map(Object.entries(JSON.parse(vocabulary!) as Record<string, number>)),
      merges: merges!
        .split('\n')
        .slice(1)
        .filter(Boolean)
        .map((line) => line.split(' ') as [string, string]),
      standardize,
    });

  test.skipIf(missing)(needs('ids, tokens and decoded text', vocabulary, merges, golden), () => {
    const tokenizer = make('bert');
    for (const { text, tokens, ids, decoded } of lines<{
      text: string;
      tokens: string[];
      ids: number[];
      decoded: string;
    }>(golden!)) {
      const encoding = tokenizer.encode(text);
      expect([...encoding.ids], JSON.stringify(text)).toEqual(ids);
      if (!ids.includes(0)) expect(encoding.tokens).toEqual(tokens);
      expect(tokenizer.decode(ids).trim()).toBe(decoded.trim());
    }
  });

  test.skipIf(missing)(needs('the merge loop alone', vocabulary, merges, words), () => {
    const tokenizer = make('none');
    for (const { word, pieces } of lines<{ word: string; pieces: string[] }>(words!)) {
      const ids = tokenizer.encodeIds([word]);
      expect([...ids], word).toEqual(pieces.map((piece) => tokenizer.tokenToId(piece) ?? 0));
    }
  });

  test.skipIf(standardized === undefined)(needs('text_standardize', standardized), () => {
    for (const { text, out } of lines<{ text: string; out: string }>(standardized!)) {
      expect(standardizeText(text), JSON.stringify(text)).toBe(out);
    }
  });

  test.skipIf(missing)(needs('the pipeline cuts the words of the standardised text', vocabulary), () => {
    const tokenizer = make('openai');
    const lineEnd = [tokenizer.tokenToId('\n</w>')!];
    for (const { text, out } of lines<{ text: string; out: string }>(standardized!)) {
      const words = out.split(/ +/).filter(Boolean);
      expect(tokenizer.encodeIds(text), JSON.stringify(text)).toEqual(
        Int32Array.from(words.flatMap((word) => (word === '\n' ? lineEnd : [...tokenizer.encodeIds(word)]))),
      );
    }
  });
});
