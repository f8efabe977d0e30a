import { Tokenizer as RustTokenizer } from 'tokenizers';
import { describe, expect, test } from 'vitest';
import { CORPUS, families } from './__fixtures__/families.ts';
import { trainByteLevelBPE } from './byte-level/train.ts';
import type { Encoding } from './encoding.ts';
import { tokenizerFromJSON } from './from-json.ts';
import type { EncodeOptions } from './tokenizer.ts';

const trained = await trainByteLevelBPE(CORPUS, { vocabularySize: 600, specialTokens: ['<s>', '</s>'] });
const { model } = trained.toJSON() as { model: { vocab: Record<string, number>; merges: string[] } };
const all = Object.entries(families(model));

type RustEncoding = Awaited<ReturnType<RustTokenizer['encode']>>;

/** Rust counts code points, we count UTF-16 units; a lone surrogate is one of either. */
function unitsAt(text: string): number[] {
  const units = [0];
  for (const character of text) units.push(units.at(-1)! + character.length);
  return units;
}

function rust(encoding: RustEncoding, texts: readonly string[], theirs: RustTokenizer) {
  const units = texts.map(unitsAt);
  const sequences = encoding.getSequenceIds();
  return {
    // A Unigram model there shows the text itself for an unknown token.
    tokens: encoding.getIds().map((id) => theirs.idToToken(id)),
    ids: encoding.getIds(),
    typeIds: encoding.getTypeIds(),
    attentionMask: encoding.getAttentionMask(),
    specialTokensMask: encoding.getSpecialTokensMask(),
    wordIds: encoding.getWordIds().map((word) => word ?? null),
    offsets: encoding.getOffsets().map((offset, i) => offset.map((at) => units[sequences[i] ?? 0]![at!])),
  };
}

function ours(encoding: Encoding) {
  return {
    tokens: [...encoding.tokens],
    ids: [...encoding.ids],
    typeIds: [...encoding.typeIds],
    attentionMask: [...encoding.attentionMask],
    specialTokensMask: [...encoding.specialTokensMask],
    wordIds: [...encoding.wordIds],
    offsets: encoding.offsets.map((offset) => [...offset]),
  };
}

const SHAPES = [
  { room: 10, stride: 2, strategy: 'longest_first', side: 'right', pad: 'max_length', multiple: 8 },
  { room: 150, stride: 3, strategy: 'only_second', side: 'right', pad: 'longest', multiple: 5 },
  { room: 150, stride: 0, strategy: 'only_first', side: 'left', pad: 'longest', multiple: null },
] as const;
const STRATEGIES = {
  longest_first: 'LongestFirst',
  only_first: 'OnlyFirst',
  only_second: 'OnlySecond',
} as const;
const SIDES = { left: 'Left', right: 'Right' } as const;

describe.each(all)('%s', (_, json) => {
  const theirs = RustTokenizer.fromString(JSON.stringify(json));
  const tokenizer = tokenizerFromJSON(json);

  test('loaded and saved it is the same file', () => {
    expect(JSON.parse(JSON.stringify(tokenizer))).toEqual(json);
  });

  test.each(CORPUS)('ids, tokens, offsets, words and masks: %j', async (text) => {
    expect(ours(tokenizer.encode(text))).toEqual(rust(await theirs.encode(text), [text], theirs));
    expect([...tokenizer.encodeIds(text)]).toEqual((await theirs.encode(text)).getIds());
  });

  // The binding refuses lists of words; each on its own is what Rust makes of them.
  test('words', async () => {
    const words = ['The', 'naïve', 'fox', '', "isn't", '中文', '12,5'];
    const alone = await Promise.all(
      words.map((word) => theirs.encode(word, null, { addSpecialTokens: false })),
    );
    const expected = alone.map((encoding, i) => rust(encoding, [words[i]!], theirs));
    const found = ours(tokenizer.encode(words, { addSpecialTokens: false }));
    expect(found.ids).toEqual(expected.flatMap(({ ids }) => ids));
    expect(found.offsets).toEqual(expected.flatMap(({ offsets }) => offsets));
    expect(found.wordIds).toEqual(expected.flatMap(({ ids }, i) => ids.map(() => i)));
  });

  test('pairs', async () => {
    for (const [i, text] of CORPUS.entries()) {
      const pair = CORPUS[(i + 3) % CORPUS.length]!;
      for (const addSpecialTokens of [true, false]) {
        const expected = rust(await theirs.encode(text, pair, { addSpecialTokens }), [text, pair], theirs);
        expect(ours(tokenizer.encode(text, { textPair: pair, addSpecialTokens })), text).toEqual(expected);
      }
    }
  });

  test('decoding, with and without special tokens, any ids', async () => {
    for (const text of CORPUS) {
      const ids = [...tokenizer.encodeIds(text)];
      for (const skipSpecialTokens of [true, false]) {
        const expected = await theirs.decode(ids, skipSpecialTokens);
        expect(tokenizer.decode(ids, { skipSpecialTokens }), text).toBe(expected);
      }
      const shuffled = ids.map((id, i) => (id * 31 + i * 17) % tokenizer.vocabularySize);
      expect(tokenizer.decode(shuffled)).toBe(await theirs.decode(shuffled, false));
    }
  });

  test.each(SHAPES)('truncation, overflow and padding: %j', async (options) => {
    const { stride, strategy, side, multiple, pad } = options;
    // An even number of tokens for the two texts: of two long ones 0.23 gives the odd token now to the one, now to the other.
    const maxLength = options.room + tokenizer.encode('', { textPair: '' }).length;
    const shaped = {
      ...json,
      truncation: { direction: SIDES[side], max_length: maxLength, strategy: STRATEGIES[strategy], stride },
      padding: {
        strategy: pad === 'max_length' ? { Fixed: maxLength } : 'BatchLongest',
        direction: SIDES[side],
        pad_to_multiple_of: multiple,
        pad_id: 3,
        pad_type_id: 0,
        pad_token: tokenizer.idToToken(3),
      },
    };
    const other = RustTokenizer.fromString(JSON.stringify(shaped));
    const byFile = tokenizerFromJSON(shaped);
    expect(JSON.parse(JSON.stringify(byFile))).toEqual(shaped);
    const texts = CORPUS.slice(14, 22);
    const pairs = texts.map((text, i): [string, string] => [text, texts[(i + 1) % texts.length]!]);
    const asked: EncodeOptions = {
      truncation: strategy,
      maxLength,
      stride,
      truncationSide: side,
      padding: pad,
      paddingSide: side,
      padToken: tokenizer.idToToken(3)!,
      ...(multiple === null ? {} : { padToMultipleOf: multiple }),
    };
    const same = (encoding: Encoding, expected: RustEncoding, sources: readonly string[]): void => {
      const found = { ours: ours(encoding), rust: rust(expected, sources, theirs) };
      if (strategy === 'longest_first') {
        // 0.23 stops reading early then, and forgets what overflows.
        expect(found.ours, sources.join(' + ')).toEqual(found.rust);
        return;
      }
      expect(found.ours, sources.join(' + ')).toEqual(found.rust);
      const windows = expected.getOverflowing();
      expect(encoding.overflowing.map(({ ids }) => [...ids])).toEqual(
        windows.map((window) => window.getIds()),
      );
      expect(encoding.overflowing.map(({ attentionMask }) => [...attentionMask])).toEqual(
        windows.map((window) => window.getAttentionMask()),
      );
    };
    for (const [text, textPair] of pairs) {
      const expected = await other.encode(text, textPair);
      same(tokenizer.encode(text, { ...asked, textPair }), expected, [text, textPair]);
      same(byFile.encode(text, { textPair }), expected, [text, textPair]);
    }
    if (strategy === 'only_second') return;
    const batch = await other.encodeBatch(texts);
    const encodings = tokenizer.encodeBatch(texts, asked);
    for (const [i, text] of texts.entries()) same(encodings[i]!, batch[i]!, [text]);
  });
});
