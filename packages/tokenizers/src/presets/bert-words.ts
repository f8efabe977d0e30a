import { bertCleaning } from '../normalizers/bert-steps.ts';
import { wordCutter } from '../pipeline/words.ts';
import type { BertTokenizerOptions } from './bert.ts';

export type BertWordsOptions = Pick<
  BertTokenizerOptions,
  'lowercase' | 'stripAccents' | 'handleChineseChars' | 'cleanText' | 'original'
>;

/**
 * Makes what cuts a text as BERT's tokenizer does before it looks into a vocabulary: cleaned, at white space, punctuation
 * and around ideographs. The original calls it `BasicTokenizer`.
 *
 * @example
 * ```ts
 * import { bertWords } from '@tenon/tokenizers';
 *
 * console.log(bertWords()("Café's 中国")); // [ 'cafe', "'", 's', '中', '国' ]
 * ```
 */
export function bertWords(options: BertWordsOptions = {}): (text: string) => string[] {
  const { original = false } = options;
  const normalizer = bertCleaning({ ...options, finalSigma: original, keepPrivateUse: original });
  const cut = wordCutter(normalizer, { type: 'BertPreTokenizer' });
  return (text) => {
    const words: string[] = [];
    cut(text, (word) => words.push(word));
    return words;
  };
}
