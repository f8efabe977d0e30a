import { show, TokenizerError } from '../errors.ts';
import { readDefinition } from '../json/definition.ts';
import { mismatch, parseJson } from '../json/fields.ts';
import { PipelineTokenizer } from '../pipeline/tokenizer.ts';
import type { CharTokenizerOptions } from './options.ts';
import { ANY_CHARACTER, CHARACTER_DECODER, CHARACTER_SPLIT, cutsCharacters } from './recognise.ts';

/** Hugging Face's word-level model must name an unknown token; one outside the vocabulary makes it an error. */
const NO_UNKNOWN_TOKEN = '<unk>';

/**
 * One token a character (a Unicode code point; a lone surrogate counts as U+FFFD).
 *
 * Its `tokenizer.json` is a word-level model over text split into characters, which Hugging Face's libraries read.
 *
 * @throws TokenizerError for a vocabulary with a token that is neither one character nor an added token
 * @example
 * ```ts
 * import { trainCharTokenizer } from '@tenon/tokenizers/training';
 *
 * const tokenizer = await trainCharTokenizer('hello');
 * console.log(tokenizer.encodeIds('hole')); // Int32Array(4) [ 1, 3, 2, 0 ]
 * ```
 */
export class CharTokenizer extends PipelineTokenizer {
  constructor(options: CharTokenizerOptions) {
    const { vocabulary, addedTokens = [], unknownToken } = options;
    super({
      model: { type: 'WordLevel', options: { vocabulary, unknownToken: unknownToken ?? NO_UNKNOWN_TOKEN } },
      addedTokens,
      sections: { pre_tokenizer: CHARACTER_SPLIT, decoder: CHARACTER_DECODER },
    });
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
    const { model, addedTokens, sections } = readDefinition(parseJson(json, 'tokenizer.json'));
    const { pre_tokenizer, decoder, ...others } = sections;
    const other = Object.entries(others).find(([, section]) => section !== null);
    if (other !== undefined) throw mismatch(other[0], 'null, since this is a character tokenizer', other[1]);
    if (model.type !== 'WordLevel' || !cutsCharacters(pre_tokenizer, decoder)) {
      throw new TokenizerError(
        `tokenizer.json: expected a WordLevel model over text split by ${ANY_CHARACTER} and fused again, got ` +
          `${show(model.type)} over something else. Read it with tokenizerFromJSON.`,
      );
    }
    const { vocabulary, unknownToken } = model.options;
    return new CharTokenizer({
      vocabulary,
      addedTokens,
      ...(vocabulary.has(unknownToken) ? { unknownToken } : {}),
    });
  }
}

function isCharacter(token: string): boolean {
  const codePoint = token.codePointAt(0) ?? 0xd800;
  return String.fromCodePoint(codePoint) === token && !(codePoint >= 0xd800 && codePoint <= 0xdfff);
}
