import { TokenizerError } from '../errors.ts';
import { Pause } from '../training/pause.ts';
import { checkSpecialTokens } from '../training/special-tokens.ts';
import { forEachText, type Texts } from '../training/texts.ts';
import { CharTokenizer } from './tokenizer.ts';

const CODE_POINTS = 0x110000;
const REPLACEMENT = 0xfffd;

export interface TrainCharTokenizerOptions {
  /**
   * Tokens that take the first ids, of two characters or more.
   * @default none
   */
  readonly specialTokens?: readonly string[];
  /**
   * What a character that the texts do not have becomes; it takes an id before the characters and is special.
   * @default none: such a character is an error
   */
  readonly unknownToken?: string;
  /** Stops the training; the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Makes a vocabulary of the characters of texts, in the order of their code points.
 *
 * @throws TokenizerError for texts without a character, and for special tokens of one
 * @example
 * ```ts
 * import { trainCharTokenizer } from '@tenon/tokenizers/training';
 *
 * const tokenizer = await trainCharTokenizer('to be or not to be');
 * console.log(tokenizer.vocabularySize); // 7: the blank and b, e, n, o, r, t
 * ```
 */
export async function trainCharTokenizer(
  texts: Texts,
  options: TrainCharTokenizerOptions = {},
): Promise<CharTokenizer> {
  const { unknownToken, specialTokens = [] } = options;
  const missing = unknownToken !== undefined && !specialTokens.includes(unknownToken);
  const specials = missing ? [...specialTokens, unknownToken] : specialTokens;
  checkSpecialTokens(specials);
  const pause = new Pause(options.signal);
  const seen = new Uint8Array(CODE_POINTS);
  await forEachText(texts, (text) => {
    markCharacters(text, seen);
    return pause.due ? pause.take() : undefined;
  });

  const vocabulary = new Map(specials.map((token, id) => [token, id]));
  for (let codePoint = 0; codePoint < CODE_POINTS; codePoint++) {
    if (seen[codePoint] === 1) vocabulary.set(String.fromCodePoint(codePoint), vocabulary.size);
  }
  if (vocabulary.size === specials.length) {
    throw new TokenizerError(
      'texts: expected at least one character, got none. Pass the text to learn the characters of.',
    );
  }
  return new CharTokenizer({
    vocabulary,
    addedTokens: specials.map((content, id) => ({ content, id, special: true })),
    ...(unknownToken === undefined ? {} : { unknownToken }),
  });
}

function markCharacters(text: string, seen: Uint8Array): void {
  for (let at = 0; at < text.length; at++) {
    const codePoint = text.codePointAt(at)!;
    const surrogate = codePoint >= 0xd800 && codePoint <= 0xdfff;
    seen[surrogate ? REPLACEMENT : codePoint] = 1;
    if (codePoint > 0xffff) at++;
  }
}
