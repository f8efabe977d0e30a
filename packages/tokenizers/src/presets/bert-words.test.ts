import { expect, test } from 'vitest';
import { bertWords } from './bert-words.ts';

test('words are cleaned, in lower case, without accents, apart from signs and ideographs', () => {
  expect(bertWords()(' Ünï\u0000code\u00a0(x)中文a ')).toEqual(['unicode', '(', 'x', ')', '中', '文', 'a']);
  expect(bertWords({ lowercase: false })('Café中文')).toEqual(['Café', '中', '文']);
  expect(bertWords({ handleChineseChars: false })('中文')).toEqual(['中文']);
});

test('the original writes a final sigma and keeps private characters', () => {
  expect(bertWords()('ΟΔΟΣ \ue000')).toEqual(['οδοσ']);
  expect(bertWords({ original: true })('ΟΔΟΣ \ue000')).toEqual(['οδος', '\ue000']);
});
