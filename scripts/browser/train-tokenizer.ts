// What Node and the browser both do: learn a tokenizer, encode with offsets, decode, and read a saved one.
import { tokenizerFromJSON } from '@tenon/tokenizers';
import { trainByteLevelBPE } from '@tenon/tokenizers/training';

const TEXTS = [
  'To be, or not to be: that is the question.',
  'To be is to do. 今天天气很好，今天 😀 I’ll do it.',
];

/** What came of it, as text. */
export async function trainTokenizer(): Promise<string> {
  const tokenizer = await trainByteLevelBPE(TEXTS, { vocabularySize: 290, specialTokens: ['<|endoftext|>'] });
  const saved = JSON.stringify(tokenizer);
  const { ids, tokens, offsets } = tokenizerFromJSON(saved).encode('To do 今天 😀 it is');
  return JSON.stringify({ saved, ids: [...ids], tokens, offsets, text: tokenizer.decode(ids) });
}
