import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readMergesFile, readVocabularyFile, writeMergesFile } from './files.ts';
import { ByteLevelBPETokenizer } from './tokenizer.ts';
import { trainByteLevelBPE } from './train.ts';

test('merges: a version line, then a pair a line; CRLF and a missing last line end do not matter', () => {
  const merges = [
    ['#', '#'],
    ['Ġ', 't'],
  ] as const;
  expect(readMergesFile('#version: 0.2\n# #\nĠ t\n')).toEqual(merges);
  expect(readMergesFile('#version: 0.2\r\n# #\r\nĠ t\r\n')).toEqual(merges);
  expect(readMergesFile('# #\nĠ t')).toEqual(merges);
  expect(readMergesFile(writeMergesFile(merges))).toEqual(merges);
  expect(readMergesFile('#version: 0.2\n')).toEqual([]);
});

test('merges: a line that is no pair is named by its number', () => {
  expect(() => readMergesFile('#version: 0.2\na b\nabc\n')).toThrow(
    'merges line 3: expected two tokens and a blank between them, got "abc". ' +
      'Check that the file is complete and is a merges file.',
  );
  expect(() => readMergesFile('a b\n\nc d\n')).toThrow('merges line 2: expected two tokens');
});

test('a vocabulary with an id for two tokens or cut short is an error', () => {
  expect(() => readVocabularyFile('{"a": 0, "b": 0}')).toThrow(
    'vocabulary: expected an id for each token, got 0 for both "a" and "b". Give each its own.',
  );
  expect(() => readVocabularyFile('{"a": 0, "b": 1, "a": 2}')).toThrow(
    'vocabulary: expected each token once, got "a" again. Remove the repetition.',
  );
  expect(() => readVocabularyFile('{"a": 0, "b"')).toThrow(
    'vocabulary: expected JSON, got 12 characters that are not',
  );
});

test('the two files say nothing of special tokens: <|endoftext|> is taken for one, others on request', async () => {
  const trained = await trainByteLevelBPE('to be', { vocabularySize: 258, specialTokens: ['<|endoftext|>'] });
  const files = trained.toVocabularyFiles();
  const tokenizer = ByteLevelBPETokenizer.fromVocabularyFiles(files);
  expect(tokenizer.addedTokens).toEqual(trained.addedTokens);
  const chosen = ByteLevelBPETokenizer.fromVocabularyFiles(files, {
    specialTokens: ['<|endoftext|>', '<pad>'],
  });
  expect(chosen.tokenToId('<pad>')).toBe(tokenizer.vocabularySize);
  expect(chosen.addedTokens).toHaveLength(2);
  expect(ByteLevelBPETokenizer.fromVocabularyFiles(files, { specialTokens: [] }).addedTokens).toEqual([]);
});

test('the quick reader of vocabularies says what JSON.parse says', () => {
  const entry = fc.tuple(fc.oneof(fc.string(), fc.string({ unit: 'grapheme' })), fc.nat());
  fc.assert(
    fc.property(
      fc.uniqueArray(entry, { selector: ([token]) => token, minLength: 1 }),
      fc.nat(2),
      (entries, indent) => {
        const vocabulary = Object.fromEntries(entries.map(([token], id) => [token, id]));
        const text = JSON.stringify(vocabulary, null, indent);
        expect(readVocabularyFile(text)).toEqual(new Map(Object.entries(vocabulary)));
      },
    ),
  );
  expect(readVocabularyFile('{"__proto__": 0, "constructor": 1, "\\u0041\\n": 2}')).toEqual(
    new Map([
      ['__proto__', 0],
      ['constructor', 1],
      ['A\n', 2],
    ]),
  );
});
