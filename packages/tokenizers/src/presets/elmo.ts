// The characters of words as ELMo reads them: bytes of UTF-8 between two marks, each id one higher than bilm's
// own so that 0 is padding.
import { show, TokenizerError } from '../errors.ts';

const SENTENCE_BEGIN = 257;
const SENTENCE_END = 258;
const WORD_BEGIN = 259;
const WORD_END = 260;
const AFTER_WORD = 261;

export interface ELMoCharacterOptions {
  /** Ids of each word, its marks included; what is longer is cut off. @default 50 */
  readonly maxCharacters?: number;
}

/** Sentences of one length: what is beyond a sentence's end is 0. */
export interface ELMoCharacters {
  /** [B][T][maxCharacters] */
  readonly characterIds: number[][][];
  /** [B][T], 1 = word, 0 = padding. */
  readonly attentionMask: number[][];
}

/**
 * Words as ELMo's character ids (`UnicodeCharsVocabulary` of bilm). It needs no vocabulary. The words `<S>` and
 * `</S>` are the boundaries of a sentence, which ELMo puts around each by itself unless it is told not to.
 *
 * @returns [T][maxCharacters], numbers in 1 to 261
 * @throws {TokenizerError} when there is no room for a character between the marks.
 * @example
 * ```ts
 * import { elmoCharacterIds } from '@tenon/tokenizers';
 *
 * const [word] = elmoCharacterIds(['The']);
 * console.log(word?.slice(0, 7)); // [ 259, 85, 105, 102, 260, 261, 261 ]
 * ```
 */
export function elmoCharacterIds(words: readonly string[], options: ELMoCharacterOptions = {}): number[][] {
  const { maxCharacters = 50 } = options;
  if (!Number.isInteger(maxCharacters) || maxCharacters < 3) {
    throw new TokenizerError(
      `maxCharacters: expected a whole number of at least 3, got ${show(maxCharacters)}. Pass what the model was trained with, 50 as a rule.`,
    );
  }
  const encoder = new TextEncoder();
  return words.map((word) => {
    const ids = new Array<number>(maxCharacters).fill(AFTER_WORD);
    const characters = charactersOf(word, encoder).slice(0, maxCharacters - 2);
    ids.splice(0, characters.length + 2, WORD_BEGIN, ...characters, WORD_END);
    return ids;
  });
}

/**
 * Sentences as ELMo's character ids, padded to the longest.
 *
 * @throws {TokenizerError} as `elmoCharacterIds` does.
 * @example
 * ```ts
 * import { elmoCharacterBatch } from '@tenon/tokenizers';
 *
 * const { characterIds, attentionMask } = elmoCharacterBatch([['Elk', 'calling'], ['Why', '?', '!']]);
 * console.log(characterIds[0]?.length, attentionMask); // 3 [ [ 1, 1, 0 ], [ 1, 1, 1 ] ]
 * ```
 */
export function elmoCharacterBatch(
  sentences: readonly (readonly string[])[],
  options: ELMoCharacterOptions = {},
): ELMoCharacters {
  const { maxCharacters = 50 } = options;
  const time = sentences.reduce((longest, { length }) => Math.max(longest, length), 0);
  const nothing = (words: readonly string[]): undefined[] => new Array(time - words.length).fill(undefined);
  return {
    characterIds: sentences.map((words) => [
      ...elmoCharacterIds(words, options),
      ...nothing(words).map(() => new Array<number>(maxCharacters).fill(0)),
    ]),
    attentionMask: sentences.map((words) => [...words.map(() => 1), ...nothing(words).map(() => 0)]),
  };
}

function charactersOf(word: string, encoder: TextEncoder): number[] {
  if (word === '<S>') return [SENTENCE_BEGIN];
  if (word === '</S>') return [SENTENCE_END];
  // Python leaves out halves of surrogate pairs, where TextEncoder would write a replacement character.
  return Array.from(encoder.encode(word.replace(/\p{Surrogate}/gu, '')), (byte) => byte + 1);
}
