import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SAMPLES, wellFormed } from '../__fixtures__/texts.ts';
import { ByteLevelBPETokenizer } from '../byte-level/tokenizer.ts';
import { trainByteLevelBPE } from '../byte-level/train.ts';
import { linesOf, loadTokenizer, saveTokenizer } from '../node/index.ts';
import { trainWordPiece } from '../word-piece/train.ts';
import { tokenizerFromTiktoken, tokenizerToTiktoken } from './tiktoken.ts';
import { readVocabularyLines, tokenizerToVocabularyLines } from './vocabulary-lines.ts';

const GPT2 = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;
const CL100K = String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;

const trained = await trainByteLevelBPE(SAMPLES, { vocabularySize: 300, minFrequency: 1 });

describe('tiktoken rank files', () => {
  test('carry the vocabulary, and the merges follow from the ranks', () => {
    const ranks = tokenizerToTiktoken(trained);
    const tokenizer = tokenizerFromTiktoken({ ranks, pattern: GPT2, specialTokens: { '<|end|>': 300 } });
    expect(tokenizerToTiktoken(tokenizer)).toBe(ranks);
    for (const text of SAMPLES) expect(tokenizer.encodeIds(text)).toEqual(trained.encodeIds(text));
    expect(tokenizer.encodeIds('a<|end|>', { allowedSpecial: 'all' }).at(-1)).toBe(300);
    expect(
      tokenizerFromTiktoken({ ranks: ranks.replaceAll('\n', '\r\n'), pattern: GPT2 }).vocabularySize,
    ).toBe(300);
  });

  test('another pattern cuts otherwise', () => {
    const tokenizer = tokenizerFromTiktoken({ ranks: tokenizerToTiktoken(trained), pattern: CL100K });
    for (const text of SAMPLES) expect(tokenizer.decode(tokenizer.encodeIds(text))).toBe(wellFormed(text));
  });

  test('a token that no merge leads to is found as a whole piece', () => {
    const bytes = Array.from(
      { length: 256 },
      (_, byte) => `${btoa(String.fromCharCode(byte))} ${byte}\n`,
    ).join('');
    const tokenizer = tokenizerFromTiktoken({ ranks: `${bytes}${btoa('low')} 256\n`, pattern: GPT2 });
    expect([...tokenizer.encodeIds('low')]).toEqual([256]);
    expect([...tokenizer.encodeIds('lower')]).toEqual([...new TextEncoder().encode('lower')]);
  });

  test('what is wrong is named with its line', () => {
    expect(() => tokenizerFromTiktoken({ ranks: 'IQ== 0\nIg==\n', pattern: GPT2 })).toThrow(
      'ranks line 2: expected a token in base64, a blank and a rank, got "Ig==". ' +
        'Check that the file is complete and is a rank file of tiktoken.',
    );
    expect(() => tokenizerFromTiktoken({ ranks: 'IQ== 0\nIQ== 1\n', pattern: GPT2 })).toThrow(
      'ranks: expected each token once, got "!" again.',
    );
  });
});

describe('vocab.txt', () => {
  test('CRLF, a blank last line and U+2028 do not matter', () => {
    const expected = new Map(['[UNK]', '\u2028', 'a'].map((token, id) => [token, id]));
    expect(readVocabularyLines('[UNK]\n\u2028\na')).toEqual(expected);
    expect(readVocabularyLines('[UNK]\r\n\u2028\r\na\r\n\r\n')).toEqual(expected);
  });

  test('a token that is there twice is an error that says where', () => {
    expect(() => readVocabularyLines('a\nb\na\n')).toThrow(
      'vocab.txt: expected each token once, got "a" on lines 1 and 3. Remove or rename one; ' +
        'lines below it would get other ids.',
    );
    expect(() => readVocabularyLines('\n')).toThrow('vocab.txt: expected a token a line, got none.');
  });

  test('is written by a WordPiece tokenizer alone', async () => {
    const tokenizer = await trainWordPiece('the lowest of the low', { vocabularySize: 40 });
    const vocabulary = readVocabularyLines(tokenizerToVocabularyLines(tokenizer));
    expect(vocabulary).toEqual(tokenizer.vocabulary);
    expect(() => tokenizerToVocabularyLines(trained)).toThrow(
      'tokenizer: expected a WordPiece model, got "BPE". Save it as a tokenizer.json instead.',
    );
  });
});

describe('folders', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenon-folder-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('a saved folder loads, and holds nothing half written', async () => {
    const tokenizer = await trainWordPiece('the lowest of the low', { vocabularySize: 40 });
    await saveTokenizer(tokenizer, join(folder, 'bert'), { config: { model_max_length: 512 } });
    expect(readdirSync(join(folder, 'bert')).sort()).toEqual([
      ...['special_tokens_map.json', 'tokenizer.json', 'tokenizer_config.json'],
    ]);
    const config: unknown = JSON.parse(readFileSync(join(folder, 'bert', 'tokenizer_config.json'), 'utf8'));
    expect(config).toMatchObject({ model_max_length: 512, mask_token: '[MASK]', pad_token: '[PAD]' });
    const loaded = await loadTokenizer(join(folder, 'bert'));
    expect(loaded.encode('the low').tokens).toEqual(tokenizer.encode('the low').tokens);
    const file = await loadTokenizer(join(folder, 'bert', 'tokenizer.json'));
    expect(JSON.stringify(file)).toBe(JSON.stringify(loaded));
  });

  test('vocab.json with merges.txt, or encoder.json with vocab.bpe', async () => {
    const { vocabulary, merges } = trained.toVocabularyFiles();
    writeFileSync(join(folder, 'encoder.json'), vocabulary);
    writeFileSync(join(folder, 'vocab.bpe'), merges);
    const loaded = await loadTokenizer(folder);
    expect(loaded).toBeInstanceOf(ByteLevelBPETokenizer);
    expect(loaded.encodeIds('hello')).toEqual(trained.encodeIds('hello'));
  });

  test("BERT's vocab.txt, lowercased as its configuration or its vocabulary says", async () => {
    const bert = join(folder, 'bert-original');
    const tokensOf = async (config: object | undefined, ...words: string[]): Promise<readonly string[]> => {
      rmSync(bert, { recursive: true, force: true });
      mkdirSync(bert);
      writeFileSync(join(bert, 'vocab.txt'), ['[UNK]', '[CLS]', '[SEP]', 'a', 'é', 'e', ...words].join('\n'));
      if (config) writeFileSync(join(bert, 'tokenizer_config.json'), JSON.stringify(config));
      return (await loadTokenizer(bert)).encode('A é').tokens;
    };
    expect(await tokensOf(undefined)).toEqual(['[CLS]', 'a', 'e', '[SEP]']);
    expect(await tokensOf(undefined, 'A')).toEqual(['[CLS]', 'A', 'é', '[SEP]']);
    expect(await tokensOf({ do_lower_case: true }, 'A')).toEqual(['[CLS]', 'a', 'e', '[SEP]']);
    expect(await tokensOf({ do_lower_case: false })).toEqual(['[CLS]', '[UNK]', 'é', '[SEP]']);
    expect(await tokensOf({ strip_accents: false })).toEqual(['[CLS]', 'a', 'é', '[SEP]']);
    await expect(tokensOf({ do_lower_case: 'no' })).rejects.toThrow(
      'tokenizer_config.json.do_lower_case: expected true or false, got "no".',
    );
  });

  test('the chat template of a tokenizer_config.json comes with the tokenizer', async () => {
    const chat = join(folder, 'chat');
    await saveTokenizer(trained, chat, { config: { chat_template: '{{ messages[0].content }}!' } });
    const tokenizer = await loadTokenizer(chat);
    const messages = [{ role: 'user', content: 'hello' }];
    expect(await tokenizer.applyChatTemplate(messages, { tokenize: false })).toBe('hello!');
  });

  test('a folder without a tokenizer, and no folder, are errors', async () => {
    await expect(loadTokenizer(tmpdir())).rejects.toThrow(
      'expected a tokenizer.json, vocab.json and merges.txt, encoder.json and vocab.bpe, or a vocab.txt, got none',
    );
    await expect(loadTokenizer('no/such/folder')).rejects.toThrow(
      'no/such/folder: expected a file that can be read, got no such file. Check the path.',
    );
  });

  test('the lines of files keep their ends, whatever chunks they come in', async () => {
    writeFileSync(join(folder, 'a.txt'), `${'é'.repeat(70_000)}\nb\r\n\nc`);
    const lines: string[] = [];
    for await (const some of linesOf([join(folder, 'a.txt'), join(folder, 'a.txt')])) lines.push(...some);
    expect(lines).toHaveLength(8);
    expect(lines.slice(1, 4)).toEqual(['b\r\n', '\n', 'c']);
  });
});
