import type { Tokenizer } from '@tenon/tokenizers';
import type { GPTSpecialTokens } from '../gpt-rows.ts';

/**
 * The tokens that GPT's input transformations put around texts, called as OpenAI's program calls them. Those that the
 * tokenizer does not have yet are added to it: make the model for `tokenizer.vocabularySize` after this.
 *
 * @example
 * ```ts
 * import { gptSpecialTokens } from '@tenon/data';
 * import { trainCharTokenizer } from '@tenon/tokenizers/training';
 *
 * const tokenizer = await trainCharTokenizer('abc');
 * console.log(gptSpecialTokens(tokenizer)); // { start: 3, delimiter: 4, extract: 5 }
 * console.log(tokenizer.vocabularySize); // 6
 * ```
 */
export function gptSpecialTokens(tokenizer: Tokenizer): GPTSpecialTokens {
  const names = { start: '_start_', delimiter: '_delimiter_', extract: '_classify_' };
  tokenizer.addTokens(Object.values(names).map((content) => ({ content, special: true })));
  const id = (name: string): number => tokenizer.tokenToId(name)!; // it has them all now
  return { start: id(names.start), delimiter: id(names.delimiter), extract: id(names.extract) };
}
