import { show, TokenizerError } from '../errors.ts';
import type { IdBuffer } from '../id-buffer.ts';
import { push, tokensById, type WordModel } from './word-model.ts';

export interface WordLevelOptions {
  readonly vocabulary: ReadonlyMap<string, number>;
  /** What other words become; an error where the vocabulary lacks it too. */
  readonly unknownToken: string;
}

/** Every word is a token, or the unknown one. */
export class WordLevelModel implements WordModel {
  readonly tokens: readonly (string | undefined)[];
  readonly #vocabulary: ReadonlyMap<string, number>;
  readonly #unknownToken: string;

  constructor({ vocabulary, unknownToken }: WordLevelOptions) {
    this.tokens = tokensById(vocabulary);
    this.#vocabulary = vocabulary;
    this.#unknownToken = unknownToken;
  }

  tokenToId(token: string): number | undefined {
    return this.#vocabulary.get(token);
  }

  encodeWord(word: string, ids: IdBuffer, spans: IdBuffer): void {
    const id = this.#vocabulary.get(word) ?? this.#vocabulary.get(this.#unknownToken);
    if (id === undefined) {
      throw new TokenizerError(
        `encode: expected words of the vocabulary, got ${show(word)}, and no unknown token ` +
          `(${show(this.#unknownToken)}) to stand for it. Add one to the vocabulary.`,
      );
    }
    push(id, 0, word.length, ids, spans);
  }
}
