// Masked words to predict (Devlin et al. 2019, section 3.1), as BERT's create_pretraining_data.py makes them.

import { assertWhole, type RandomStream, TenonError } from '@tenon/core';
import type { Tokenizer } from '@tenon/tokenizers';
import { shuffle } from '../batch-order.ts';

export interface TokenMaskerOptions {
  /** Any that has `[MASK]` or `<mask>`. */
  readonly tokenizer: Tokenizer;
  /** Share of the tokens that are to be predicted. @default 0.15 */
  readonly probability?: number;
  /** The most tokens of a text that are to be predicted. @default no limit */
  readonly maxPredictions?: number;
  /** Words are masked with all of their pieces, or not at all. @default false */
  readonly wholeWord?: boolean;
  /** Whether a token goes on with the word of the token before it. @default it begins with '##' */
  readonly isContinuation?: (token: string) => boolean;
}

/** A text with masks, and what was there. */
export interface MaskedTokens {
  /** int32 [T] */
  readonly inputIds: Int32Array;
  /** The places to predict at, in their order. */
  readonly positions: readonly number[];
  /** The token that was at each of these places. */
  readonly words: readonly number[];
}

/** Masks the tokens of a text. The same text and random numbers give the same masks. */
export type TokenMasker = (ids: ArrayLike<number>, random: RandomStream) => MaskedTokens;

/**
 * Chooses 15 % of a text's tokens to predict, never special ones: 80 % of them become `[MASK]`, 10 % another token at
 * random, and 10 % stay as they are.
 *
 * @throws {TenonError} when the tokenizer has no token to mask with, or an option is out of its range.
 * @example
 * ```ts
 * import { RandomStream } from '@tenon/core';
 * import { tokenMasker } from '@tenon/data';
 * import { bertTokenizer } from '@tenon/tokenizers';
 *
 * const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'it', 'rains', 'a', 'lot'];
 * const tokenizer = bertTokenizer({ vocabulary: new Map(words.map((word, id) => [word, id])) });
 * const mask = tokenMasker({ tokenizer });
 * const { inputIds, positions, words: hidden } = mask([2, 5, 6, 7, 8, 3], new RandomStream(1));
 * console.log(inputIds, positions, hidden); // one of the four words, and where it was
 * ```
 */
export function tokenMasker(options: TokenMaskerOptions): TokenMasker {
  const {
    tokenizer,
    probability = 0.15,
    maxPredictions = Number.POSITIVE_INFINITY,
    wholeWord = false,
  } = options;
  const { isContinuation = (token: string): boolean => token.startsWith('##') } = options;
  assertProbability(probability);
  if (maxPredictions !== Number.POSITIVE_INFINITY) assertWhole('maxPredictions', maxPredictions);
  const maskId = maskIdOf(tokenizer);
  const special = new Set(tokenizer.addedTokens.filter((token) => token.special).map(({ id }) => id));
  const ordinary: number[] = [];
  const continuing = new Set<number>();
  for (const [token, id] of tokenizer.vocabulary) {
    if (special.has(id)) continue;
    ordinary.push(id);
    if (wholeWord && isContinuation(token)) continuing.add(id);
  }

  /** The places of each word; without whole words, every token is one. */
  const wordsOf = (ids: ArrayLike<number>): number[][] => {
    const words: number[][] = [];
    for (let place = 0; place < ids.length; place++) {
      const id = ids[place]!;
      if (special.has(id)) continue;
      const last = words.at(-1);
      if (continuing.has(id) && last?.at(-1) === place - 1) last.push(place);
      else words.push([place]);
    }
    return words;
  };

  return (ids, random) => {
    const words = wordsOf(ids);
    shuffle(words, random.next());
    const wanted = Math.min(maxPredictions, Math.max(1, Math.round(ids.length * probability)));
    const positions: number[] = [];
    for (const word of words) {
      // A long word may not fit any more where a short one still does.
      if (positions.length + word.length <= wanted) positions.push(...word);
    }
    positions.sort((a, b) => a - b);

    const inputIds = Int32Array.from(ids);
    const draws = random.next().uniform(2 * positions.length);
    positions.forEach((place, i) => {
      const fate = draws[2 * i]!;
      if (fate < 0.8) inputIds[place] = maskId;
      else if (fate < 0.9) inputIds[place] = ordinary[Math.floor(draws[2 * i + 1]! * ordinary.length)]!;
    });
    return { inputIds, positions, words: positions.map((place) => ids[place]!) };
  };
}

function maskIdOf(tokenizer: Tokenizer): number {
  const id = tokenizer.tokenToId('[MASK]') ?? tokenizer.tokenToId('<mask>');
  if (id !== undefined) return id;
  throw new TenonError({
    subject: 'tokenMasker: tokenizer',
    expected: 'a token [MASK] or <mask>',
    got: 'neither',
    advice: "Take BERT's tokenizer, or add one: tokenizer.addTokens([{ content: '[MASK]', special: true }]).",
  });
}

function assertProbability(probability: number): void {
  if (probability > 0 && probability < 1) return;
  throw new TenonError({
    subject: 'tokenMasker: probability',
    expected: 'a share between 0 and 1',
    got: String(probability),
    advice: 'Pass 0.15 to predict 15 % of the tokens.',
  });
}
