import { BaseTokenizer } from '../base-tokenizer.ts';
import { show, TokenizerError } from '../errors.ts';
import { parseJson } from '../json/fields.ts';
import { readCharJson, writeCharJson } from './json.ts';
import { CharModel } from './model.ts';
import type { CharTokenizerOptions } from './options.ts';

/**
 * One token a character (a Unicode code point; a lone surrogate counts as U+FFFD).
 *
 * Its `tokenizer.json` is a word-level model over text split into characters, which Hugging Face's libraries read.
 *
 * @throws TokenizerError for a vocabulary with a token that is neither one character nor an added token
 * @example
 * ```ts
 * import { trainCharTokenizer } from '@tenon/tokenizers';
 *
 * const tokenizer = await trainCharTokenizer('hello');
 * console.log(tokenizer.encodeIds('hole')); // Int32Array(4) [ 1, 3, 2, 0 ]
 * ```
 */
export class CharTokenizer extends BaseTokenizer {
  readonly #model: CharModel;
  readonly #unknownToken: string | undefined;

  constructor(options: CharTokenizerOptions) {
    const { vocabulary, addedTokens = [], unknownToken } = options;
    const model = new CharModel(vocabulary, unknownToken);
    super(model, addedTokens);
    this.#model = model;
    this.#unknownToken = unknownToken;
    if (unknownToken !== undefined && !vocabulary.has(unknownToken)) {
      throw new TokenizerError(
        `unknownToken: expected a token of the vocabulary, got ${show(unknownToken)}. Add it, or leave it out.`,
      );
    }
    for (const token of vocabulary.keys()) {
      if (
        isCharacter(token) ||
        token === unknownToken ||
        addedTokens.some(({ content }) => content === token)
      ) {
        continue;
      }
      throw new TokenizerError(
        `vocabulary: expected tokens of one character each, got ${show(token)}. List longer ones in addedTokens.`,
      );
    }
  }

  /**
   * Reads a `tokenizer.json` as `toJSON` writes it, as text or already parsed.
   * @throws TokenizerError for anything in the file that would change the ids and is not understood
   */
  static fromJSON(json: string | object): CharTokenizer {
    return new CharTokenizer(readCharJson(parseJson(json, 'tokenizer.json')));
  }

  override toJSON(): object {
    return writeCharJson(this.#model.tokens, this.addedTokens, this.#unknownToken);
  }
}

function isCharacter(token: string): boolean {
  const codePoint = token.codePointAt(0) ?? 0xd800;
  return String.fromCodePoint(codePoint) === token && !(codePoint >= 0xd800 && codePoint <= 0xdfff);
}
