import fc from 'fast-check';
import { describe, test } from 'vitest';
import { SAMPLES, trickyText, wellFormed } from './__fixtures__/texts.ts';
import { trainByteLevelBPE } from './byte-level/train.ts';
import { trainCharTokenizer } from './char/train.ts';
import { tokenizerContract } from './contract.testing.ts';
import { tokenizerFromJSON } from './from-json.ts';
import type { Tokenizer } from './tokenizer.ts';

const corpus = [...SAMPLES, ...SAMPLES];
const specialTokens = ['<|endoftext|>', '<|end|>'];

const known = new Set(wellFormed(corpus.join(' ')));

interface Subject {
  readonly name: string;
  readonly tokenizer: Tokenizer;
  readonly decoded: (text: string) => string;
}

const subjects: readonly Subject[] = [
  {
    name: 'byte-level BPE',
    tokenizer: await trainByteLevelBPE(corpus, { vocabularySize: 400, specialTokens }),
    decoded: wellFormed,
  },
  {
    name: 'byte-level BPE with a blank in front',
    tokenizer: await trainByteLevelBPE(corpus, { vocabularySize: 400, specialTokens, addPrefixSpace: true }),
    decoded: (text) => (text === '' || text.startsWith(' ') ? wellFormed(text) : ` ${wellFormed(text)}`),
  },
  {
    name: 'byte-level BPE without merges',
    tokenizer: await trainByteLevelBPE('', { vocabularySize: 256 }),
    decoded: wellFormed,
  },
  {
    name: 'characters with an unknown token',
    tokenizer: await trainCharTokenizer(corpus, { specialTokens, unknownToken: '<unk>' }),
    decoded: (text) => Array.from(wellFormed(text), (c) => (known.has(c) ? c : '<unk>')).join(''),
  },
];

describe.each(subjects)('$name', ({ tokenizer, decoded }) => {
  const promises = tokenizerContract({ decoded, load: tokenizerFromJSON });
  test.each(promises)('$name', (promise) => {
    for (const text of SAMPLES) promise.check(tokenizer, text);
  });

  test.each(promises)('$name, on any text', (promise) => {
    fc.assert(
      fc.property(trickyText, (text) => promise.check(tokenizer, text)),
      { numRuns: 200 },
    );
  });
});
