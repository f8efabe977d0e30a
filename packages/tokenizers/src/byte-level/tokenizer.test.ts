import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { SAMPLES, trickyText } from '../__fixtures__/texts.ts';
import type { Tokenizer } from '../tokenizer.ts';
import { ByteLevelBPETokenizer } from './tokenizer.ts';
import { trainByteLevelBPE } from './train.ts';

let tokenizer: ByteLevelBPETokenizer;
beforeAll(async () => {
  tokenizer = await trainByteLevelBPE([...SAMPLES, ...SAMPLES], {
    vocabularySize: 320,
    specialTokens: ['<|endoftext|>'],
  });
});

function slices(of: Tokenizer, text: string): string[] {
  return of.encode(text).offsets.map((offset) => text.slice(...offset));
}

describe('offsets', () => {
  test('count UTF-16 units, also after characters of two', async () => {
    const bytes = await trainByteLevelBPE('', { vocabularySize: 256 });
    expect(bytes.encode('é😀a').offsets).toEqual([
      ...[
        [0, 1],
        [0, 1],
      ],
      ...[
        [1, 3],
        [1, 3],
        [1, 3],
        [1, 3],
      ],
      [3, 4],
    ]);
  });

  test('a lone surrogate is one unit, though it becomes three bytes', async () => {
    const bytes = await trainByteLevelBPE('', { vocabularySize: 256 });
    expect(slices(bytes, '\ud800a')).toEqual(['\ud800', '\ud800', '\ud800', 'a']);
  });

  test('addPrefixSpace adds a token or joins the first word, and the offsets stay in the text', async () => {
    const text = ['to be or not to be', 'to'];
    const prefixed = await trainByteLevelBPE(text, { vocabularySize: 260, addPrefixSpace: true });
    expect(prefixed.encode('to be').tokens).toEqual(['Ġto', 'Ġbe']);
    expect(slices(prefixed, 'to be')).toEqual(['to', ' be']);
    expect(prefixed.encode('\nx').tokens).toEqual(['Ġ', 'Ċ', 'x']);
    expect(slices(prefixed, '\nx')).toEqual(['\n', '\n', 'x']);
    expect(prefixed.encodeIds(' to')).toEqual(prefixed.encodeIds('to'));
    expect(prefixed.encodeIds('')).toHaveLength(0);
  });

  test('trimOffsets leaves blanks out', async () => {
    const texts = ['to be or not', 'to be  or'];
    const json = JSON.stringify(await trainByteLevelBPE(texts, { vocabularySize: 260 }));
    const trimmed = ByteLevelBPETokenizer.fromJSON(
      json.replaceAll('"trim_offsets":false', '"trim_offsets":true'),
    );
    expect(trimmed.encode('to  be').tokens).toEqual(['to', 'Ġ', 'Ġbe']);
    expect(slices(trimmed, 'to  be')).toEqual(['to', '', 'be']);
  });
});

describe('special tokens', () => {
  const text = 'a<|endoftext|>b';

  test('in plain text are text', () => {
    expect(tokenizer.encodeIds(text)).not.toContain(0);
    expect(tokenizer.decode(tokenizer.encodeIds(text))).toBe(text);
  });

  test('are found where they are allowed, by name or all', () => {
    for (const allowedSpecial of ['all', ['<|endoftext|>']] as const) {
      const encoding = tokenizer.encode(text, { allowedSpecial });
      expect(encoding.tokens).toEqual(['a', '<|endoftext|>', 'b']);
      expect([...encoding.specialTokensMask]).toEqual([0, 1, 0]);
      expect(tokenizer.decode(encoding.ids, { skipSpecialTokens: true })).toBe('ab');
      expect(tokenizer.countTokens(text, { allowedSpecial })).toBe(3);
    }
  });

  test('one that the vocabulary lacks is an error', () => {
    expect(() => tokenizer.encode(text, { allowedSpecial: ['<pad>'] })).toThrow(
      'allowedSpecial: expected special tokens of this vocabulary ("<|endoftext|>"), got "<pad>". ' +
        "Check the spelling, or pass 'all'.",
    );
  });

  test('text on either side is cut on its own, as if the token were a text’s end', () => {
    expect(tokenizer.encode('a  <|endoftext|>  b', { allowedSpecial: 'all' }).tokens).toEqual([
      ...tokenizer.encode('a  ').tokens,
      '<|endoftext|>',
      ...tokenizer.encode('  b').tokens,
    ]);
  });
});

describe('decoding', () => {
  test('half a character waits for its other half', () => {
    const decoder = tokenizer.createDecoder();
    const bytes = ['ð', 'Ł', 'ĺ', 'Ģ'].map((token) => tokenizer.tokenToId(token)!);
    expect(bytes.map((id) => decoder.push(id))).toEqual(['', '', '', '😀']);
    expect(decoder.push(bytes[0]!)).toBe('');
    expect(decoder.flush()).toBe('�');
    expect(decoder.push(tokenizer.tokenToId('a')!)).toBe('a');
  });

  test('U+FEFF is kept, at the beginning too', () => {
    expect(tokenizer.decode(tokenizer.encodeIds('\ufeffa'))).toBe('\ufeffa');
  });

  test('an id outside the vocabulary is named', () => {
    expect(() => tokenizer.decode([0, 99_999])).toThrow(
      'id: expected an integer from 0 to 319, got 99999. Decode with the tokenizer that made the ids.',
    );
  });
});

test('the word cache changes nothing', () => {
  const { vocabulary, merges } = tokenizer.toVocabularyFiles();
  const plain = ByteLevelBPETokenizer.fromVocabularyFiles({ vocabulary, merges }, { cacheSize: 0 });
  fc.assert(
    fc.property(trickyText, (text) => {
      expect(tokenizer.encodeIds(text)).toEqual(plain.encodeIds(text));
    }),
  );
});

test('a text that is no string is an error', () => {
  for (const wrong of [7, [7]]) {
    expect(() => tokenizer.encodeIds(wrong as unknown as string)).toThrow(
      'encode: expected a string or an array of words, got 7. Pass one text a call, or use encodeBatch.',
    );
  }
});

test('a vocabulary that lacks a byte says which when a text needs it', () => {
  const small = new ByteLevelBPETokenizer({ vocabulary: new Map([['a', 0]]), merges: [] });
  expect([...small.encodeIds('aa')]).toEqual([0, 0]);
  expect(() => small.encodeIds('ab')).toThrow('got a text with byte 0x62, which it lacks (token "b")');
  expect([...small.encodeIds('aa')]).toEqual([0, 0]);
});
