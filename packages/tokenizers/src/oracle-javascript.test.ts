// The second oracle: Hugging Face's library in JavaScript. Where it differs from the first, the Rust one (oracle.test.ts), it is
// wrong in a way of its own, which is named here; everywhere else all three agree.
import { Tokenizer as JavaScriptTokenizer } from '@huggingface/tokenizers';
import { describe, expect, test } from 'vitest';
import { CORPUS, families } from './__fixtures__/families.ts';
import { trainByteLevelBPE } from './byte-level/train.ts';
import { tokenizerFromJSON } from './from-json.ts';

const trained = await trainByteLevelBPE(CORPUS, { vocabularySize: 600, specialTokens: ['<s>', '</s>'] });
const { model } = trained.toJSON() as { model: { vocab: Record<string, number>; merges: string[] } };

const CASES = /Σ/; // toLowerCase knows a final sigma
const SPACES = /[\ufeff\u0085]/; // JavaScript's \s
const DIGITS = /[²½٣]|\d{4}|[０-９]/u; // \p{N}{1,3} of one split among several
const SURROGATES = /\p{Surrogate}/u; // bytes of a lone one
const NONE = /(?!)/;

/** The texts that each family's file gives other ids there. What is not listed cannot be read, or is unknown there. */
const DIFFERENT: Readonly<Record<string, RegExp>> = {
  'BERT uncased': CASES,
  'BERT cased': NONE,
  'BERT, accents kept, no Chinese': new RegExp(`${CASES.source}|${SPACES.source}`),
  'BERT with BertProcessing': CASES,
  'GPT (2018)': CASES,
  'GPT-2': NONE,
  'RoBERTa, blank in front': /^\ufeff/,
  'Llama 3': NONE,
  'Qwen 2': NONE,
  'DeepSeek-like, several splits': DIGITS,
  'Llama 2': SURROGATES,
  'T5-like Unigram': NONE,
};

describe.each(Object.entries(DIFFERENT))('%s', (name, different) => {
  const json = families(model)[name]!;
  const tokenizer = tokenizerFromJSON(json);
  const theirs = new JavaScriptTokenizer(JSON.parse(JSON.stringify(tokenizer)), {});

  test('a file that we saved gives the same ids there', () => {
    const same = CORPUS.filter((text) => !different.test(text));
    expect(same.length).toBeGreaterThan(20);
    for (const text of same) {
      const ids = Array.from(theirs.encode(text).ids, Number);
      expect([...tokenizer.encodeIds(text, { allowedSpecial: 'all' })], text).toEqual(ids);
    }
  });

  test('decoding gives the same text', () => {
    for (const text of CORPUS.slice(14, 18)) {
      const ids = [...tokenizer.encodeIds(text)];
      const options = { skip_special_tokens: true, clean_up_tokenization_spaces: false };
      expect(tokenizer.decode(ids, { skipSpecialTokens: true }), text).toBe(theirs.decode(ids, options));
    }
  });
});
