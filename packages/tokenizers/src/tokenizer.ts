import type { Encoding } from './encoding.ts';

/** A token that is cut out of the text before the model sees it: `<|endoftext|>`, `[CLS]`, a user's own. */
export interface AddedToken {
  readonly content: string;
  readonly id: number;
  /**
   * A control token: never found in plain text unless `allowedSpecial` says so, marked in
   * `specialTokensMask`, left out by `skipSpecialTokens`. An added token that is not special is always found.
   */
  readonly special: boolean;
}

export interface EncodeOptions {
  /**
   * Special tokens that may be found in the text. By default `<|endoftext|>` in a text is thirteen characters
   * and not a token, since text comes from users.
   * @default none
   */
  readonly allowedSpecial?: 'all' | readonly string[];
}

export interface DecodeOptions {
  /**
   * Leave special tokens out of the text.
   * @default false
   */
  readonly skipSpecialTokens?: boolean;
}

/** Decodes ids as they come, for text that is shown while a model writes it. */
export interface StreamingDecoder {
  /** The text that this id completes: possibly none, never half a character. */
  push(id: number): string;
  /** What is left at the end; bytes that never became a character come out as U+FFFD. */
  flush(): string;
}

/** What every tokenizer of this package does, whatever its family. */
export interface Tokenizer {
  /** The largest id plus one: the rows an embedding needs. */
  readonly vocabularySize: number;
  /** Tokens cut out of the text before the model sees it, by id. */
  readonly addedTokens: readonly AddedToken[];
  /** Ids, tokens, offsets and masks of a text. */
  encode(text: string, options?: EncodeOptions): Encoding;
  /** The ids alone, int32 [T]: the fast path. */
  encodeIds(text: string, options?: EncodeOptions): Int32Array;
  /** How many tokens a text has. */
  countTokens(text: string, options?: EncodeOptions): number;
  /** @throws TokenizerError for an id outside the vocabulary. */
  decode(ids: Iterable<number>, options?: DecodeOptions): string;
  createDecoder(options?: DecodeOptions): StreamingDecoder;
  tokenToId(token: string): number | undefined;
  idToToken(id: number): string | undefined;
  /** The content of a `tokenizer.json` that Hugging Face's libraries read: `JSON.stringify(tokenizer)`. */
  toJSON(): object;
}
