// Where JavaScript tokenizers go wrong: one test a trap.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CORPUS, families } from './__fixtures__/families.ts';
import { trickyText, wellFormed } from './__fixtures__/texts.ts';
import { trainByteLevelBPE } from './byte-level/train.ts';
import { tokenizerFromJSON } from './from-json.ts';
import { bertTokenizer } from './presets/bert.ts';
import { gptTokenizer } from './presets/gpt.ts';
import type { Tokenizer } from './tokenizer.ts';

const trained = await trainByteLevelBPE(CORPUS, { vocabularySize: 600, specialTokens: ['<s>', '</s>'] });
const { model } = trained.toJSON() as { model: { vocab: Record<string, number>; merges: string[] } };
const all = families(model);
const subjects = Object.entries(all).map(([name, json]) => ({ name, tokenizer: tokenizerFromJSON(json) }));

/** How a tokenizer cuts a text: the stretch of each word. */
function words(tokenizer: Tokenizer, text: string): string[] {
  const { offsets, wordIds } = tokenizer.encode(text, { addSpecialTokens: false });
  const stretches = new Map<number, [number, number]>();
  for (const [i, word] of wordIds.entries()) {
    const [start, end] = offsets[i]!;
    const [first] = stretches.get(word!) ?? [start];
    stretches.set(word!, [first, end]);
  }
  return [...stretches.values()].map((stretch) => text.slice(...stretch));
}

/** BERT's words alone: every character is a piece. */
function bertWords(text: string, options: { lowercase?: boolean; original?: boolean } = {}): string[] {
  const characters = new Set(['[UNK]']);
  for (const form of [text, text.toLowerCase(), text.normalize('NFD'), text.toLowerCase().normalize('NFD')]) {
    for (const character of wellFormed(form)) characters.add(character).add(`##${character}`);
  }
  for (const extra of 'σς') characters.add(extra).add(`##${extra}`);
  const tokenizer = bertTokenizer({
    vocabulary: new Map([...characters].map((c, id) => [c, id])),
    ...options,
  });
  const { tokens } = tokenizer.encode(text);
  expect([...tokenizer.encodeIds(text)]).toEqual([...tokenizer.encode(text).ids]);
  return tokens.join(' ').replaceAll(' ##', '').split(' ').filter(Boolean);
}

describe('byte-level BPE', () => {
  test('U+0085 is white space, U+FEFF is not', () => {
    expect(words(trained, 'a\u0085\u0085b')).toEqual(['a', '\u0085', '\u0085', 'b']);
    expect(words(trained, 'a\ufeff\ufeffb')).toEqual(['a', '\ufeff\ufeff', 'b']);
    expect(words(trained, 'a \ufeffb')).toEqual(['a', ' \ufeff', 'b']);
  });

  test('contractions are lower case and match before any letter', () => {
    expect(words(trained, "'sam I'LL we'll")).toEqual(["'s", 'am', ' I', "'", 'LL', ' we', "'ll"]);
  });

  test('the patterns of GPT-4 and Llama 3 know contractions in either case, and ſ', () => {
    const untrimmed = JSON.stringify(all['Llama 3']!).replaceAll(
      '"trim_offsets":true',
      '"trim_offsets":false',
    );
    const llama = tokenizerFromJSON(untrimmed);
    expect(words(llama, "I'LL 'sam\n'sam x'ſ")).toEqual([
      ...['I', "'LL", " '", 'sam', '\n', "'s", 'am', ' x', "'ſ"],
    ]);
    expect(words(llama, '12345 a\r\n\n b!?\n c  \t d')).toEqual([
      ...['123', '45', ' a', '\r\n\n', ' b', '!?\n', ' c', '  \t', ' d'],
    ]);
  });

  test('the last white space belongs to the word after it', () => {
    expect(words(trained, 'a   b  ')).toEqual(['a', '  ', ' b', '  ']);
  });

  test('letters newer than the engine’s are letters: the tables are frozen', () => {
    expect(words(trained, 'a\u{16ea0}b')).toEqual(['a\u{16ea0}b']); // Beria Erfe, Unicode 17
    expect(words(trained, 'a\u{33480}b')).toHaveLength(3); // beyond the end of the tables
  });

  test('addPrefixSpace adds a blank to the text, and the offsets stay in the text', () => {
    const roberta = tokenizerFromJSON(all['RoBERTa, blank in front']!);
    expect(roberta.encode('the').tokens[1]).toMatch(/^Ġ/);
    expect(roberta.encodeIds(' the')).toEqual(roberta.encodeIds('the'));
    for (const text of ['the dog', ' the dog', '😀']) {
      for (const [, end] of roberta.encode(text).offsets) expect(end).toBeLessThanOrEqual(text.length);
      expect(roberta.encode(text).offsets.at(-2)![1]).toBe(text.length);
    }
  });
});

describe('special tokens', () => {
  test('in plain text are text unless allowed', () => {
    const text = 'x</s>y';
    expect(trained.encodeIds(text)).not.toContain(1);
    expect(trained.encode(text, { allowedSpecial: 'all' }).tokens).toEqual(['x', '</s>', 'y']);
  });

  test('flags: single words alone, blanks taken in, normalised text', () => {
    const tokenizer = tokenizerFromJSON(all['BERT uncased']!);
    const added = tokenizer.addTokens([
      { content: 'DOG', singleWord: true },
      { content: '<l>', lstrip: true, special: true },
      { content: '<r>', rstrip: true, special: true },
      '[UNK]',
    ]);
    expect(added).toBe(3);
    const found = (text: string): string[] =>
      tokenizer
        .encode(text, { allowedSpecial: 'all', addSpecialTokens: false })
        .offsets.map((offset) => text.slice(...offset));
    expect(found('a dog, dogs')).toContain('dog');
    expect(tokenizer.encode('a dog, dogs').tokens.filter((token) => token === 'DOG')).toHaveLength(1);
    expect(found('a  <l> b')[1]).toBe('  <l>');
    expect(found('a <r>  b')[1]).toBe('<r>  ');
    expect(tokenizerFromJSON(JSON.stringify(tokenizer)).encodeIds('a Dog')).toEqual(
      tokenizer.encodeIds('a Dog'),
    );
  });
});

test('a blank goes before the first word only where nothing that stood before it was dropped', () => {
  const tokenizer = tokenizerFromJSON(all['Unigram with Nmt, first blank, no split']!);
  expect(tokenizer.encode('the').tokens).toEqual(['▁the']);
  for (const text of ['\u0001the', ' the']) {
    const { tokens, offsets } = tokenizer.encode(text);
    expect(tokens).toEqual(['the']);
    expect(offsets).toEqual([[1, 4]]);
  }
});

describe('BERT', () => {
  test('accents go only with lower case, Hangul stays decomposed', () => {
    expect(bertWords('Ångström')).toEqual(['angstrom']);
    expect(bertWords('Ångström', { lowercase: false })).toEqual(['Ångström']);
    expect(bertWords('가각')).toEqual(['가각'.normalize('NFD')]);
  });

  test('CJK is set apart, kana and Hangul are not', () => {
    expect(bertWords('ab中文cd')).toEqual(['ab', '中', '文', 'cd']);
    expect(bertWords('かな', { lowercase: false })).toEqual(['かな']);
  });

  test('soft hyphen, zero width, byte order mark, next line, U+FFFD and controls are dropped', () => {
    expect(bertWords('a\u00adb\u200bc\ufeffd\u0085e\ufffdf\0g\u007fh')).toEqual(['abcdefgh']);
  });

  test('private use is dropped, and kept as in the original', () => {
    expect(bertWords('a\ue000b')).toEqual(['ab']);
    expect(bertWords('a\ue000b', { original: true })).toEqual(['a\ue000b']);
  });

  test('U+2028 and the no-break space are spaces', () => {
    expect(bertWords('a\u2028b\u00a0c\u3000d')).toEqual(['a', 'b', 'c', 'd']);
  });

  test('ASCII symbols are punctuation', () => {
    expect(bertWords('a$b+c<d=e>f^g`h|i~j')).toEqual([...'a$b+c<d=e>f^g`h|i~j']);
  });

  test('a final sigma is one in the original, each character is on its own otherwise', () => {
    expect(bertWords('ΟΔΟΣ Σ ΣΑΣ', { original: true })).toEqual(['οδος', 'σ', 'σας']);
    expect(bertWords('ΟΔΟΣ Σ ΣΑΣ')).toEqual(['οδοσ', 'σ', 'σασ']);
  });

  test('words of more than 100 characters are unknown, 200 in the original', () => {
    const vocabulary = new Map(['[UNK]', 'a', '##a'].map((token, id) => [token, id]));
    expect(bertTokenizer({ vocabulary }).countTokens('a'.repeat(100))).toBe(100);
    expect([...bertTokenizer({ vocabulary }).encodeIds('a'.repeat(101))]).toEqual([0]);
    expect(bertTokenizer({ vocabulary, original: true }).countTokens('a'.repeat(200))).toBe(200);
    expect([...bertTokenizer({ vocabulary, original: true }).encodeIds('a'.repeat(201))]).toEqual([0]);
  });

  test('one pass over the text gives the ids of the steps one after the other', () => {
    for (const name of ['BERT uncased', 'BERT cased', 'BERT, accents kept, no Chinese']) {
      const tokenizer = tokenizerFromJSON(all[name]!);
      fc.assert(
        fc.property(trickyText, (text) => {
          // Offsets are worked out by the steps: where they are as many, the ids are theirs.
          const { ids, offsets } = tokenizer.encode(text);
          const { ids: plain } = tokenizer.encode([text]);
          expect([...ids]).toEqual([...plain]);
          expect(offsets).toHaveLength(ids.length);
          expect([...tokenizer.encode(text).wordIds]).toHaveLength(ids.length);
        }),
      );
    }
  });
});

test('GPT (2018): </w> ends a word, text is lower case', () => {
  const tokens = ['<unk>', 'a', 'b', 'a</w>', 'b</w>', 'ab</w>'];
  const tokenizer = gptTokenizer({
    vocabulary: new Map(tokens.map((token, id) => [token, id])),
    merges: [['a', 'b</w>']],
  });
  expect(tokenizer.encode('AB aB ba').tokens).toEqual(['ab</w>', 'ab</w>', 'b', 'a</w>']);
  expect(tokenizer.decode(tokenizer.encodeIds('AB aB'))).toBe('ab ab');
});

test('Transformer-XL: whole words, <eos> after each text; <formula> is a word like any other', () => {
  const tokenizer = tokenizerFromJSON(all['Transformer-XL with its special tokens']!);
  const text = 'The quick unseen fox <formula>';
  expect(tokenizer.encode(text).tokens).toEqual(['The', 'quick', '<unk>', 'fox', '<formula>', '<eos>']);
  expect(tokenizer.encode('The<formula>').tokens).toEqual(['<unk>', '<eos>']);
  const { tokens, specialTokensMask } = tokenizer.encode(text, { textPair: 'The', allowedSpecial: 'all' });
  expect(tokens).toEqual(['The', 'quick', '<unk>', 'fox', '<formula>', '<eos>', 'The', '<eos>']);
  expect([...specialTokensMask]).toEqual([0, 0, 0, 0, 1, 1, 0, 1]);
  expect(tokenizer.decode(tokenizer.encodeIds('The quick fox'), { skipSpecialTokens: true })).toBe(
    'The quick fox',
  );
});

describe.each(subjects)('$name', ({ name, tokenizer }) => {
  test('a lone surrogate is U+FFFD', () => {
    for (const broken of ['a\ud83d b', '\ude00', 'x\ud800\ud800y']) {
      expect(tokenizer.encodeIds(broken)).toEqual(tokenizer.encodeIds(wellFormed(broken)));
    }
  });

  test('offsets cut the source between characters and never run back', () => {
    fc.assert(
      fc.property(trickyText, (text) => {
        const { offsets, ids, wordIds } = tokenizer.encode(text, { addSpecialTokens: false });
        expect(offsets).toHaveLength(ids.length);
        expect(tokenizer.encodeIds(text, { addSpecialTokens: false })).toEqual(ids);
        let before = 0;
        for (const [i, [start, end]] of offsets.entries()) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeLessThanOrEqual(text.length);
          expect(start).toBeLessThanOrEqual(end);
          for (const at of [start, end]) expect(at > 0 && text.codePointAt(at - 1)! > 0xffff).toBe(false);
          expect(wordIds[i]).toBeGreaterThanOrEqual(before);
          before = wordIds[i]!;
        }
      }),
      { numRuns: 50 },
    );
  });

  test('a batch is its singles, padded', () => {
    fc.assert(
      fc.property(fc.array(trickyText, { minLength: 1, maxLength: 4 }), (texts) => {
        const singles = texts.map((text) => tokenizer.encode(text));
        const longest = Math.max(...singles.map(({ length }) => length));
        const padToken = tokenizer.idToToken(0)!;
        for (const [i, encoding] of tokenizer.encodeBatch(texts, { padding: true, padToken }).entries()) {
          const { length, ids } = singles[i]!;
          expect([...encoding.ids]).toEqual([...ids, ...Array(longest - length).fill(0)]);
          expect(encoding.attentionMask.reduce((sum, one) => sum + one, 0)).toBe(length);
        }
      }),
      { numRuns: 20 },
    );
  });

  test('truncation keeps to maxLength, and its windows hold every token', () => {
    fc.assert(
      fc.property(
        trickyText,
        fc.integer({ min: 6, max: 20 }),
        fc.integer({ min: 0, max: 2 }),
        (text, maxLength, stride) => {
          const whole = tokenizer.encode(text);
          for (const truncationSide of ['left', 'right'] as const) {
            const cut = tokenizer.encode(text, { maxLength, stride, truncationSide });
            expect(cut.length).toBe(Math.min(whole.length, maxLength));
            const windows = [cut, ...cut.overflowing];
            const covered = new Set(
              windows.flatMap(({ offsets, ids }) => offsets.map((o, i) => `${o}:${ids[i]}`)),
            );
            for (const [i, offset] of whole.offsets.entries())
              expect(covered).toContain(`${offset}:${whole.ids[i]}`);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test('streaming gives the decoded text, never half a character', () => {
    fc.assert(
      fc.property(trickyText, (text) => {
        const ids = tokenizer.encodeIds(text);
        const decoder = tokenizer.createDecoder();
        const parts = Array.from(ids, (id) => decoder.push(id));
        expect(parts.join('') + decoder.flush()).toBe(tokenizer.decode(ids));
        for (const part of parts) expect(part).toBe(wellFormed(part));
      }),
      { numRuns: 50 },
    );
  });

  test('encodeInto and countTokens agree with the ids, words with texts', () => {
    const text = CORPUS[14]!;
    const ids = tokenizer.encodeIds(text);
    const target = new Int32Array(ids.length + 1).fill(-1);
    expect(tokenizer.encodeInto(text, target)).toBe(ids.length);
    expect([...target]).toEqual([...ids, -1]);
    expect(tokenizer.encodeInto(text, target.subarray(0, 2))).toBe(ids.length);
    expect(tokenizer.countTokens(text)).toBe(ids.length);
    const { wordIds, offsets } = tokenizer.encode(['The', 'dog'], { addSpecialTokens: false });
    expect(new Set(wordIds)).toEqual(new Set([0, 1]));
    for (const [, end] of offsets) expect(end).toBeLessThanOrEqual(3);
    expect(name).not.toBe('');
  });
});

test('byte-level BPE gives any text back', () => {
  for (const name of ['GPT-2', 'Llama 3', 'DeepSeek-like, several splits']) {
    const tokenizer = tokenizerFromJSON(all[name]!);
    fc.assert(
      fc.property(trickyText, (text) => {
        expect(tokenizer.decode(tokenizer.encodeIds(text), { skipSpecialTokens: true })).toBe(
          wellFormed(text),
        );
      }),
    );
  }
});
