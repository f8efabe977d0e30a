import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { trickyText, wellFormed } from '../__fixtures__/texts.ts';
import { tokenizerFromJSON } from '../from-json.ts';
import { CharTokenizer } from './tokenizer.ts';
import { trainCharTokenizer } from './train.ts';

describe('CharTokenizer', () => {
  test('characters are ordered by code point, one above U+FFFF is one', async () => {
    const tokenizer = await trainCharTokenizer(['b😀a', '�ä']);
    expect(tokenizer.encode('aäb�😀').tokens).toEqual(['a', 'ä', 'b', '�', '😀']);
    expect([...tokenizer.encodeIds('abä�😀')]).toEqual([0, 1, 2, 3, 4]);
    expect(tokenizer.encode('😀a').offsets).toEqual([
      [0, 2],
      [2, 3],
    ]);
    expect(tokenizer.vocabularySize).toBe(5);
  });

  test('gives back any text it was trained on', async () => {
    await fc.assert(
      fc.asyncProperty(trickyText.filter(Boolean), async (text) => {
        const tokenizer = await trainCharTokenizer(text);
        const { ids, offsets } = tokenizer.encode(text);
        expect(tokenizer.decode(ids)).toBe(wellFormed(text));
        expect(offsets.map((offset) => text.slice(...offset)).join('')).toBe(text);
        expect(tokenizerFromJSON(JSON.stringify(tokenizer)).encodeIds(text)).toEqual(ids);
      }),
    );
  });

  test('a character outside the vocabulary is an error that names it', async () => {
    const tokenizer = await trainCharTokenizer('abc');
    expect(() => tokenizer.encode('abécab')).toThrow(
      'encode: expected characters of the vocabulary, got "é" (U+00E9) after "ab". ' +
        'Train on text that has it, or with an unknownToken.',
    );
    expect(() => tokenizer.encode('😀')).toThrow('got "😀" (U+1F600). Train');
  });

  test('or becomes the unknown token, which is special', async () => {
    const tokenizer = await trainCharTokenizer('abc', { specialTokens: ['<end>'], unknownToken: '<unk>' });
    const { ids, tokens, offsets } = tokenizer.encode('a😀\ud800c');
    expect([...ids]).toEqual([2, 1, 1, 4]);
    expect(tokens).toEqual(['a', '<unk>', '<unk>', 'c']);
    expect(offsets).toEqual([
      [0, 1],
      [1, 3],
      [3, 4],
      [4, 5],
    ]);
    expect(tokenizer.decode(ids, { skipSpecialTokens: true })).toBe('ac');
    expect([...tokenizer.encodeIds('a<end>', { allowedSpecial: 'all' })]).toEqual([2, 0]);
  });

  test('training can be stopped and checks its special tokens', async () => {
    const reason = new Error('enough');
    await expect(trainCharTokenizer('a', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(trainCharTokenizer('a', { unknownToken: '?' })).rejects.toThrow(
      'specialTokens: expected texts of two characters or more, got "?". Use one such as "<|endoftext|>".',
    );
  });

  test('texts without a character make no vocabulary', async () => {
    await expect(trainCharTokenizer(['', ''])).rejects.toThrow(
      'texts: expected at least one character, got none. Pass the text to learn the characters of.',
    );
  });

  test('a vocabulary of longer tokens, or without its unknown token, is an error', () => {
    expect(() => new CharTokenizer({ vocabulary: new Map([['ab', 0]]) })).toThrow(
      'vocabulary: expected tokens of one character each, got "ab". List longer ones in addedTokens.',
    );
    expect(() => new CharTokenizer({ vocabulary: new Map([['a', 0]]), unknownToken: '?' })).toThrow(
      'unknownToken: expected a token of the vocabulary, got "?". Add it, or leave it out.',
    );
  });

  test('its tokenizer.json is a word-level model over single characters; other word-level files are errors', async () => {
    const json = JSON.stringify(await trainCharTokenizer('ab'));
    expect(JSON.parse(json)).toMatchObject({
      pre_tokenizer: { type: 'Split', pattern: { Regex: '[\\s\\S]' }, behavior: 'Isolated' },
      decoder: { type: 'Fuse' },
      model: { type: 'WordLevel', vocab: { a: 0, b: 1 }, unk_token: '<unk>' },
    });
    expect(() => CharTokenizer.fromJSON(json.replace('[\\\\s\\\\S]', '\\\\w+'))).toThrow(
      'tokenizer.json: expected a WordLevel model over text split by [\\s\\S] and fused again, got "WordLevel"',
    );
    expect(() => CharTokenizer.fromJSON(json.replace('"b":1', '"bc":1'))).toThrow('got "bc"');
    expect(() => tokenizerFromJSON(json.replace('"b":1', '"b":0'))).toThrow('got 0 for both "a" and "b"');
  });
});
