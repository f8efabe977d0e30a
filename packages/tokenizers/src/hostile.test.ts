// What a file or a text may do to us at worst: an error that says got, expected and do, or the documented result. Damage to
// single fields is in byte-level/json.test.ts, regular expressions in patterns/translate.test.ts, random damage in fuzz.test.ts.
import { describe, expect, test } from 'vitest';
import { ByteLevelBPETokenizer } from './byte-level/tokenizer.ts';
import { trainByteLevelBPE } from './byte-level/train.ts';
import { readVocabularyLines } from './files/vocabulary-lines.ts';
import { tokenizerFromJSON } from './from-json.ts';

const trained = await trainByteLevelBPE('the lowest of the low', { vocabularySize: 262 });
const NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];
const DEPTH = 100_000;

function bpe(vocab: string, merges: string): string {
  return `{"model":{"type":"BPE","vocab":${vocab},"merges":${merges}}}`;
}

/** A hundred megabytes take some seconds, and more memory than a test may want. */
const patient = process.env['TENON_FUZZ_RUNS'] !== undefined;

describe('deep nesting', () => {
  test('100,000 steps within steps, in each place that has steps', () => {
    for (const [section, steps] of [
      ['normalizer', 'normalizers'],
      ['pre_tokenizer', 'pretokenizers'],
      ['post_processor', 'processors'],
      ['decoder', 'decoders'],
    ] as const) {
      const nested = `${`{"type":"Sequence","${steps}":[`.repeat(DEPTH)}${']}'.repeat(DEPTH)}`;
      const json = `{"${section}":${nested},"model":{"type":"WordLevel","vocab":{"a":0},"unk_token":"a"}}`;
      expect(() => tokenizerFromJSON(json)).toThrow(
        /expected fewer steps within steps, got an object|expected JSON, got \d+ characters/,
      );
    }
  });

  test('100,000 brackets where a value is wanted', () => {
    const deep = `${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`;
    for (const json of [bpe(deep, '[]'), bpe('{"a":0}', deep), bpe(`{"a":${deep}}`, '[]')]) {
      expect(() => tokenizerFromJSON(json)).toThrow(/expected (an object|"left right"|an integer|JSON)/);
    }
  });
});

describe('ids', () => {
  test.each(['1099511627776', '-1', '0.5', '1e400', 'null', '"0"'])('%s is an error', (id) => {
    expect(() => tokenizerFromJSON(bpe(`{"a":0,"b":${id}}`, '[]'))).toThrow(
      'model.vocab["b"]: expected an integer from 0 to 2097151 as id, got ',
    );
    const vocabulary = `{"a":0,"b":${id}}`;
    expect(() => ByteLevelBPETokenizer.fromVocabularyFiles({ vocabulary, merges: '' })).toThrow(
      '["b"]: expected an integer from 0 to 2097151 as id, got ',
    );
  });

  test('may leave gaps, whose ids are errors in decode as are those outside', () => {
    const tokenizer = tokenizerFromJSON(bpe('{"a":0,"b":7}', '[]'));
    expect(tokenizer.vocabularySize).toBe(8);
    expect([...tokenizer.encodeIds('ba')]).toEqual([7, 0]);
    expect(() => tokenizer.decode([3])).toThrow(
      'id: expected an integer from 0 to 7 that has a token, got 3. Decode with the tokenizer that made the ids.',
    );
    for (const id of [8, -1, 0.5, 2 ** 40, Number.NaN]) {
      expect(() => tokenizer.decode([id])).toThrow(`id: expected an integer from 0 to 7, got ${id}. Decode`);
      expect(() => tokenizer.createDecoder().push(id)).toThrow(`got ${id}. Decode`);
    }
  });
});

describe('merges', () => {
  test('in a circle, or in an order that no trainer writes, end and give the tokens of the vocabulary', () => {
    // "ab" needs "b", which is nothing but itself; "aba" comes before the "ab" that it is made of.
    const tokenizer = tokenizerFromJSON(
      bpe('{"a":0,"b":1,"ab":2,"aba":3,"abaab":4}', '[["aba","ab"],["ab","a"],["a","b"]]'),
    );
    expect(tokenizer.encode('abaab').tokens).toEqual(['abaab']);
    const empty = tokenizerFromJSON(bpe('{"a":0,"":1}', '[["a",""],["","a"]]'));
    expect(empty.encode('aaa').tokens).toEqual(['a', 'a', 'a']);
  });

  test('of a token that is not there are errors', () => {
    expect(() => tokenizerFromJSON(bpe('{"a":0}', '[["a","a"]]'))).toThrow(
      'merges[0] = "a" + "a": expected tokens of the vocabulary, got "aa", which it lacks.',
    );
  });
});

test('names of Object.prototype are tokens that encode, decode and come through a file', () => {
  const vocab = `{"<unk>":0,${NAMES.map((name, i) => `"${name}":${i + 1}`).join()}}`;
  const model = `{"type":"WordLevel","unk_token":"<unk>","vocab":${vocab}}`;
  const tokenizer = tokenizerFromJSON(`{"pre_tokenizer":{"type":"WhitespaceSplit"},"model":${model}}`);
  for (const one of [tokenizer, tokenizerFromJSON(JSON.stringify(tokenizer))]) {
    expect([...one.encodeIds(`${NAMES.join(' ')} isPrototypeOf`)]).toEqual([1, 2, 3, 4, 5, 0]);
    expect(one.encode('__proto__ constructor').tokens).toEqual(['__proto__', 'constructor']);
    expect(one.decode([1, 2, 3, 4, 5])).toBe(NAMES.join(' '));
  }
  trained.addTokens(NAMES);
  const again = tokenizerFromJSON(JSON.stringify(trained));
  expect(again.encode('a__proto__b').tokens).toEqual(['a', '__proto__', 'b']);
  expect(again.addedTokens.map(({ content }) => content)).toEqual(NAMES);
});

describe('vocabularies', () => {
  test('that have a token twice are errors in every format', () => {
    expect(() => readVocabularyLines('a\r\nb\r\na')).toThrow('got "a" on lines 1 and 3.');
    expect(() =>
      ByteLevelBPETokenizer.fromVocabularyFiles({ vocabulary: '{"a":0,"b":1,"a":2}', merges: '' }),
    ).toThrow('expected each token once, got "a" again. Remove the repetition.');
  });

  test('with CRLF, in merges too, are those without', () => {
    const { vocabulary, merges } = trained.toVocabularyFiles();
    const crlf = ByteLevelBPETokenizer.fromVocabularyFiles({
      vocabulary: vocabulary.replaceAll('\n', '\r\n'),
      merges: merges.replaceAll('\n', '\r\n'),
    });
    expect(crlf.encode('the lowest').tokens).toEqual(trained.encode('the lowest').tokens);
  });
});

test('a lone surrogate is U+FFFD, in texts and in words', () => {
  expect(trained.encodeIds('a\ud800b')).toEqual(trained.encodeIds('a\ufffdb'));
  expect(trained.encodeIds(['a\udc00'])).toEqual(trained.encodeIds(['a\ufffd']));
  expect(trained.decode(trained.encodeIds('\ud83d'))).toBe('\ufffd');
});

test.runIf(patient)('a text of 100 MB (skipped unless TENON_FUZZ_RUNS is set)', () => {
  const line = 'The lowest of the low, 12 345 — é 中文 😀.\n';
  const text = line.repeat(Math.ceil(1e8 / new TextEncoder().encode(line).length));
  const one = trained.countTokens(line);
  expect(trained.countTokens(text)).toBe(one * (text.length / line.length));
  expect(trained.countTokens('a'.repeat(1e8))).toBe(1e8);
});
