import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BPE,
  byteLevelPreTokenizer,
  type Model,
  type PreTokenizer,
  Tokenizer as RustTokenizer,
  Unigram,
  WordLevel,
  WordPiece,
  whitespacePreTokenizer,
} from 'tokenizers';
import { describe, expect, test } from 'vitest';
import { SAMPLES } from '../__fixtures__/texts.ts';
import { trainBPE } from '../bpe/train.ts';
import { trainByteLevelBPE } from '../byte-level/train.ts';
import { linesOf } from '../node/texts.ts';
import type { Tokenizer } from '../tokenizer.ts';
import { trainUnigram } from '../unigram/train.ts';
import { trainWordLevel } from '../word-level/train.ts';
import { trainWordPiece } from '../word-piece/train.ts';
import type { TrainingProgress } from './options.ts';

/** Text with repetitions, other alphabets, and words that differ in their frequency. */
const CORPUS = [
  ...SAMPLES,
  ...Array.from(
    { length: 40 },
    (_, i) => `the ${i % 7 === 0 ? 'newest' : 'lowest'} word of ${i % 5} words is low\n`,
  ),
  ...Array.from({ length: 12 }, (_, i) => `我们的电池${'很'.repeat(i % 3)}好 наши слова ${i}\n`),
].join('\n');

interface ModelJson {
  readonly vocab: Readonly<Record<string, number>> | readonly (readonly [string, number])[];
  readonly merges: readonly (readonly [string, string])[];
}

/** What the Rust trainer learns through its Node binding, which trains with its defaults: 30,000 ids, frequency 0. */
function rust(model: Model, preTokenizer: PreTokenizer): ModelJson {
  const folder = mkdtempSync(join(tmpdir(), 'tenon-train-'));
  try {
    writeFileSync(join(folder, 'corpus.txt'), CORPUS);
    const tokenizer = new RustTokenizer(model);
    tokenizer.setPreTokenizer(preTokenizer);
    tokenizer.train([join(folder, 'corpus.txt')]);
    tokenizer.save(join(folder, 'tokenizer.json'));
    return (JSON.parse(readFileSync(join(folder, 'tokenizer.json'), 'utf8')) as { model: ModelJson }).model;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function* lines(): AsyncGenerator<string> {
  yield* CORPUS.split(/(?<=\n)/);
}

function modelOf(tokenizer: Tokenizer): ModelJson {
  return (tokenizer.toJSON() as { model: ModelJson }).model;
}

const WHITESPACE = { type: 'Whitespace' };
const everything = { vocabularySize: 30_000, minFrequency: 1 };

describe('what the Rust trainer learns', () => {
  test('byte-level BPE: the same merges', async () => {
    const ours = await trainByteLevelBPE(lines(), everything);
    const merges = ours.toVocabularyFiles().merges.trimEnd().split('\n').slice(1);
    const theirs = rust(BPE.empty(), byteLevelPreTokenizer(false)).merges;
    expect(merges.length).toBeGreaterThan(200);
    expect(merges).toEqual(theirs.map((merge) => merge.join(' ')));
  });

  test('BPE over characters: the same vocabulary and merges', async () => {
    const ours = await trainBPE(lines(), {
      ...everything,
      normalizer: null,
      preTokenizer: WHITESPACE,
      unknownToken: null,
      endOfWordSuffix: '',
    });
    const theirs = rust(BPE.empty(), whitespacePreTokenizer());
    expect(modelOf(ours).merges.map((merge) => [merge].flat().join(' '))).toEqual(
      theirs.merges.map((merge) => merge.join(' ')),
    );
    expect(modelOf(ours).vocab).toEqual(theirs.vocab);
  });

  test('WordPiece: the same tokens, whose order among equals is left to chance there', async () => {
    const ours = await trainWordPiece(lines(), {
      ...everything,
      normalizer: null,
      preTokenizer: WHITESPACE,
      specialTokens: [],
      limitAlphabet: 100_000,
    });
    const tokens = new Set(Object.keys(modelOf(ours).vocab));
    tokens.delete('[UNK]');
    const theirs = Object.keys(rust(WordPiece.empty(), whitespacePreTokenizer()).vocab);
    const common = theirs.filter((token) => tokens.has(token));
    expect(common.length).toBeGreaterThan(0.8 * theirs.length);
    expect(tokens.size).toBeGreaterThan(0.9 * theirs.length);
  });

  test('words: the same vocabulary', async () => {
    const ours = await trainWordLevel(lines(), { ...everything, preTokenizer: WHITESPACE });
    const theirs = Object.entries(rust(WordLevel.empty() as Model, whitespacePreTokenizer()).vocab);
    const vocabulary = Object.entries(modelOf(ours).vocab).filter(([word]) => word !== '<unk>');
    expect(vocabulary.map(([word, id]) => [word, Number(id) - 1])).toEqual(theirs);
  });

  test('Unigram: the same pieces and scores', async () => {
    const ours = await trainUnigram(lines(), {
      vocabularySize: 8001,
      normalizer: null,
      preTokenizer: WHITESPACE,
    });
    const pieces = modelOf(ours).vocab as readonly (readonly [string, number])[];
    const theirs = rust(Unigram.empty(), whitespacePreTokenizer()).vocab as readonly (readonly [
      string,
      number,
    ])[];
    const scores = new Map(theirs);
    expect(new Set(pieces.slice(1).map(([piece]) => piece))).toEqual(new Set(scores.keys()));
    // Characters that training lost are told apart by steps of 0.0001, in the order of a hash table there.
    for (const [piece, score] of pieces.slice(1))
      expect(Math.abs(score - scores.get(piece)!)).toBeLessThan(0.02);
    const multiple = pieces.slice(1).filter(([piece]) => [...piece].length > 1);
    expect(multiple.length).toBeGreaterThan(30);
    for (const [piece, score] of multiple) expect(score).toBeCloseTo(scores.get(piece)!, 9);
  });
});

describe('options', () => {
  test('special tokens come first, then the alphabet in order, then merges', async () => {
    const tokenizer = await trainBPE('low low lower', {
      vocabularySize: 16,
      specialTokens: ['<s>', '<unk>'],
      initialAlphabet: 'zl',
    });
    expect(Object.keys(modelOf(tokenizer).vocab)).toEqual([
      ...['<s>', '<unk>', 'e', 'l', 'o', 'r', 'w', 'z', 'w</w>', 'r</w>', 'lo', 'low</w>'],
    ]);
    expect(tokenizer.encode('slow').tokens).toEqual(['<unk>', 'low</w>']);
    expect(tokenizer.decode(tokenizer.encodeIds('low lower'))).toBe('low lower');
  });

  test('a limited alphabet keeps the most frequent characters; the others are unknown', async () => {
    const tokenizer = await trainWordPiece('aaa bb c', { vocabularySize: 20, limitAlphabet: 2 });
    expect(tokenizer.tokenToId('c')).toBeUndefined();
    expect(tokenizer.encode('aa c', { addSpecialTokens: false }).tokens).toEqual(['a', '##a', '[UNK]']);
  });

  test('WordPiece texts get [CLS] and [SEP]', async () => {
    const tokenizer = await trainWordPiece('the lowest of the low', { vocabularySize: 40 });
    expect(tokenizer.encode('THE').tokens).toEqual(['[CLS]', 'the', '[SEP]']);
  });

  test('Unigram spells blanks, falls back to the unknown token and gives the text back', async () => {
    const tokenizer = await trainUnigram('the lowest of the low', { vocabularySize: 24 });
    const text = 'the low we';
    expect(tokenizer.decode(tokenizer.encodeIds(text))).toBe(text);
    expect(tokenizer.encode('the z').tokens).toContain('<unk>');
  });

  test('progress is told by stage, and a signal stops any training', async () => {
    const stages = new Set<TrainingProgress['stage']>();
    const onProgress = ({ stage }: TrainingProgress): unknown => stages.add(stage);
    await trainBPE(CORPUS, { vocabularySize: 300, onProgress });
    await trainUnigram(CORPUS, { vocabularySize: 300, onProgress });
    expect([...stages]).toEqual(['reading', 'merging', 'pruning']);
    const reason = new Error('enough');
    const options = { vocabularySize: 300, signal: AbortSignal.abort(reason) };
    for (const train of [trainBPE, trainWordPiece, trainWordLevel, trainUnigram]) {
      await expect(train(CORPUS, options)).rejects.toBe(reason);
    }
  });

  test('what makes no sense is an error', async () => {
    const errors: readonly [Promise<unknown>, string][] = [
      [
        trainBPE('abc', { vocabularySize: 3 }),
        'vocabularySize: expected an integer of at least 5 (special tokens and characters of the texts), got 3. ' +
          'Ask for more ids, or limit the alphabet (limitAlphabet).',
      ],
      [
        trainWordPiece('abc', { vocabularySize: 5 }),
        'vocabularySize: expected an integer of at least 6 (special tokens and a character), got 5. ' +
          'Ask for more ids, or for fewer special tokens.',
      ],
      [
        trainUnigram('abcdef', { vocabularySize: 4 }),
        'vocabularySize: expected room for the 7 characters of the texts, got room for 3 pieces. ' +
          'Ask for more ids, or normalise the texts.',
      ],
      [
        trainUnigram('abc', { vocabularySize: 40, maxPieceLength: 99 }),
        'maxPieceLength: expected a number from 1 to 32, got 99. Leave it out for the default.',
      ],
      [
        trainBPE('abc', { vocabularySize: 40, initialAlphabet: ['ab'] }),
        'initialAlphabet: expected one character each, got "ab". Pass a string of characters, or a list.',
      ],
      [
        trainBPE('abc', { vocabularySize: 40, preTokenizer: { type: 'Words' } }),
        'pre_tokenizer.type: expected one of BertPreTokenizer, ByteLevel,',
      ],
      [
        trainWordLevel(linesOf('no/such/file.txt'), { vocabularySize: 40 }),
        'no/such/file.txt: expected a file that can be read, got no such file. Check the path.',
      ],
    ];
    for (const [promise, message] of errors) await expect(promise).rejects.toThrow(message);
  });
});
