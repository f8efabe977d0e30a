import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SAMPLES } from './__fixtures__/texts.ts';
import { trainBPE } from './bpe/train.ts';
import { ByteLevelBPETokenizer } from './byte-level/tokenizer.ts';
import { trainByteLevelBPE } from './byte-level/train.ts';
import { TokenizerError } from './errors.ts';
import { tokenizerFromTiktoken, tokenizerToTiktoken } from './files/tiktoken.ts';
import { readVocabularyLines } from './files/vocabulary-lines.ts';
import { tokenizerFromJSON } from './from-json.ts';
import type { Tokenizer } from './tokenizer.ts';
import { trainUnigram } from './unigram/train.ts';
import { trainWordPiece } from './word-piece/train.ts';

// A broken file is read, or it is an error of ours: never another one. TENON_FUZZ_RUNS=100000 looks for longer.
const numRuns = Number(process.env['TENON_FUZZ_RUNS'] ?? 300);
const seed = 4;

const options = { vocabularySize: 120 };
const byteLevel = await trainByteLevelBPE(SAMPLES, { vocabularySize: 280, specialTokens: ['<|end|>'] });
const valid: readonly (readonly [name: string, json: string])[] = [
  ['byte-level BPE', JSON.stringify(byteLevel)],
  ['BPE', JSON.stringify(await trainBPE('the lowest of the low', options))],
  ['WordPiece', JSON.stringify(await trainWordPiece('the lowest of the low', options))],
  ['Unigram', JSON.stringify(await trainUnigram('the lowest of the low', options))],
];

/** Reads; a tokenizer that comes of it must work. */
function attempt(read: () => unknown): void {
  try {
    const tokenizer = read();
    if (typeof tokenizer === 'object' && tokenizer !== null && 'encode' in tokenizer)
      use(tokenizer as Tokenizer);
  } catch (error) {
    if (!(error instanceof TokenizerError)) throw error;
    expect(error.message).toMatch(/expected .*, got /s);
  }
}

function use(tokenizer: Tokenizer): void {
  const ids = tokenizer.encode('The lowest \ud800 é😀 <|end|>\n').ids;
  tokenizer.decode(ids);
}

/** A text with some characters cut out, put in or doubled. */
function mutated(text: string): fc.Arbitrary<string> {
  const piece = fc.constantFrom(
    '',
    '"',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '\\',
    '0',
    '-1',
    '1e999',
    'null',
    '"__proto__"',
    '\u0000',
    '\ud800',
  );
  const change = fc.record({ at: fc.nat(text.length), remove: fc.nat(20), insert: piece });
  return fc
    .array(change, { minLength: 1, maxLength: 4 })
    .map((changes) =>
      changes.reduce(
        (broken, { at, remove, insert }) => broken.slice(0, at) + insert + broken.slice(at + remove),
        text,
      ),
    );
}

/** A value with one of its parts replaced. */
function withOtherPart(json: string): fc.Arbitrary<object> {
  const value = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      -1,
      2 ** 31,
      0.5,
      '',
      'x',
      [],
      {},
      [[]],
      { type: 'constructor' },
      { type: 'Sequence' },
    ),
    fc.jsonValue({ maxDepth: 2 }),
  );
  return fc.tuple(fc.array(fc.nat(), { minLength: 1, maxLength: 4 }), value).map(([path, replacement]) => {
    const root = JSON.parse(json) as Record<string, unknown>;
    let at: object = root;
    for (const [depth, step] of path.entries()) {
      const keys = Object.keys(at);
      const key = keys[step % Math.max(1, keys.length)];
      if (key === undefined) break;
      const next: unknown = Reflect.get(at, key);
      if (depth === path.length - 1 || typeof next !== 'object' || next === null) {
        Reflect.set(at, key, replacement);
        break;
      }
      at = next;
    }
    return root;
  });
}

describe.each(valid)('a tokenizer.json of %s', (_name, json) => {
  test('with characters changed', () => {
    fc.assert(
      fc.property(mutated(json), (text) => attempt(() => tokenizerFromJSON(text))),
      { numRuns, seed },
    );
  });

  test('with a part of another kind', () => {
    fc.assert(
      fc.property(withOtherPart(json), (value) => attempt(() => tokenizerFromJSON(value))),
      { numRuns, seed },
    );
  });
});

test('other files with characters changed', () => {
  const { vocabulary, merges } = byteLevel.toVocabularyFiles();
  const ranks = tokenizerToTiktoken(byteLevel);
  const pattern = String.raw`\p{L}+|\s+`;
  fc.assert(
    fc.property(
      mutated(vocabulary),
      mutated(merges),
      mutated(ranks),
      (brokenVocabulary, brokenMerges, brokenRanks) => {
        attempt(() => ByteLevelBPETokenizer.fromVocabularyFiles({ vocabulary: brokenVocabulary, merges }));
        attempt(() => ByteLevelBPETokenizer.fromVocabularyFiles({ vocabulary, merges: brokenMerges }));
        attempt(() => tokenizerFromTiktoken({ ranks: brokenRanks, pattern }));
        attempt(() => readVocabularyLines(brokenMerges));
      },
    ),
    { numRuns: Math.ceil(numRuns / 3), seed },
  );
});
