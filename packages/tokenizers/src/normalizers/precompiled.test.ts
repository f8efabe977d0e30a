import { Tokenizer as RustTokenizer } from 'tokenizers';
import { describe, expect, test } from 'vitest';
import { CORPUS } from '../__fixtures__/families.ts';
import { wellFormed } from '../__fixtures__/texts.ts';
import { tokenizerFromJSON } from '../from-json.ts';

/** A charsmap as SentencePiece compiles it, every node of its trie in 256 units of its own. */
function charsmap(replacements: Readonly<Record<string, string>>): string {
  const encoder = new TextEncoder();
  const texts: number[] = [];
  const units: number[] = [];
  const build = (at: number, label: number, entries: readonly (readonly [Uint8Array, number])[]): void => {
    const base = Math.max(256, Math.ceil(units.length / 256) * 256);
    units.length = base + 256;
    const leaf = entries.find(([key]) => key.length === 0);
    units[at] = (label | (leaf === undefined ? 0 : 0x100) | ((at ^ base) << 10)) >>> 0;
    if (leaf !== undefined) units[base] = (leaf[1] | 0x80000000) >>> 0;
    for (const byte of new Set(entries.flatMap(([key]) => [...key.subarray(0, 1)]))) {
      const below = entries.filter(([key]) => key[0] === byte);
      build(
        base ^ byte,
        byte,
        below.map(([key, value]) => [key.subarray(1), value] as const),
      );
    }
  };
  const entries = Object.entries(replacements).map(([key, text]) => {
    const start = texts.length;
    texts.push(...encoder.encode(text), 0);
    return [encoder.encode(key), start] as const;
  });
  build(0, 0, entries);
  const bytes = new Uint8Array(4 + units.length * 4 + texts.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, units.length * 4, true);
  for (let i = 0; i < units.length; i++) view.setUint32(4 + 4 * i, units[i] ?? 0, true);
  bytes.set(texts, 4 + units.length * 4);
  return Buffer.from(bytes).toString('base64');
}

const precompiled_charsmap = charsmap({
  ...{ '\t': ' ', '\n': ' ', '\r': ' ', '\u00a0': ' ', '\u3000': ' ', '\u200b': '', '\u00ad': '' },
  ...{ ﬁ: 'fi', '½': '1⁄2', ﷺ: 'صلى الله عليه وسلم', '㎏': 'kg', 'e\u0301': 'é' },
  ...{ '\u00c5': 'A\u030a', '\uff10': '0', '😀': ':)' },
});

function file(charsmap: string) {
  const vocab = Object.fromEntries(['<unk>', ...new Set(CORPUS.join(''))].map((token, id) => [token, id]));
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: { type: 'Precompiled', precompiled_charsmap: charsmap },
    pre_tokenizer: { type: 'Split', pattern: { Regex: '.' }, behavior: 'Isolated', invert: false },
    post_processor: null,
    decoder: { type: 'Fuse' },
    model: {
      type: 'WordLevel',
      vocab: Object.fromEntries(Object.entries(vocab).filter(([token]) => token === wellFormed(token))),
      unk_token: '<unk>',
    },
  };
}

describe('a precompiled charsmap', () => {
  test.each(CORPUS)('gives the ids and the offsets of Rust’s library: %j', async (text) => {
    const json = file(precompiled_charsmap);
    const expected = await RustTokenizer.fromString(JSON.stringify(json)).encode(text);
    const { ids, offsets } = tokenizerFromJSON(json).encode(text);
    const units = [0];
    for (const character of text) units.push(units.at(-1)! + character.length);
    expect([...ids]).toEqual(expected.getIds());
    expect(offsets).toEqual(expected.getOffsets().map((offset) => offset.map((at) => units[at!])));
  });

  test('cut short or no base64 is an error', () => {
    expect(() => tokenizerFromJSON(file('AAE='))).toThrow(
      'normalizer.precompiled_charsmap: expected the bytes of a trie after its length, got 2 bytes.',
    );
    expect(() => tokenizerFromJSON(file('/////w=='))).toThrow('got 4 bytes and length 4294967295');
    expect(() => tokenizerFromJSON(file('{}'))).toThrow(
      'normalizer.precompiled_charsmap: expected base64, got "{}"',
    );
  });
});
