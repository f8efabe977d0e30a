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
  /**
   * Found only where no letter, digit or mark touches it.
   * @default false
   */
  readonly singleWord?: boolean;
  /**
   * Takes in the white space before it.
   * @default false
   */
  readonly lstrip?: boolean;
  /**
   * Takes in the white space after it.
   * @default false
   */
  readonly rstrip?: boolean;
  /**
   * Looked for in the normalised text, itself normalised, instead of in the text as it is.
   * @default false
   */
  readonly normalized?: boolean;
}

/** A text, or its words where someone has cut it already (slot tagging); offsets are then within each word. */
export type TextInput = string | readonly string[];

/** A text and the one that goes with it: a question and its passage, a premise and its hypothesis. */
export interface TextPair {
  readonly text: TextInput;
  readonly textPair?: TextInput;
}

export type TruncationStrategy = 'longest_first' | 'only_first' | 'only_second' | 'do_not_truncate';
export type PaddingStrategy = 'longest' | 'max_length' | 'do_not_pad';

export interface EncodeOptions {
  /**
   * The second text of a pair.
   * @default none
   */
  readonly textPair?: TextInput;
  /**
   * Put the tokens of the tokenizer's template around the text: `[CLS] … [SEP]`.
   * @default true
   */
  readonly addSpecialTokens?: boolean;
  /**
   * Special tokens that may be found in the text. By default `<|endoftext|>` in a text is thirteen characters
   * and not a token, since text comes from users; Hugging Face's libraries do as with `'all'`.
   * @default none
   */
  readonly allowedSpecial?: 'all' | readonly string[];
  /**
   * Cut what is longer than `maxLength` tokens: `true` is `'longest_first'`.
   * @default what the tokenizer's file says; where it says nothing, `true` with `maxLength` alone
   */
  readonly truncation?: boolean | TruncationStrategy;
  /** Tokens, special ones included, for truncation and for padding to `'max_length'`. */
  readonly maxLength?: number;
  /**
   * Tokens by which the windows in `overflowing` overlap.
   * @default 0
   */
  readonly stride?: number;
  /** @default 'right' */
  readonly truncationSide?: 'left' | 'right';
  /**
   * Fill up with padding: to the longest of the batch (`true` or `'longest'`) or to `maxLength`.
   * @default what the tokenizer's file says; where it says nothing, none
   */
  readonly padding?: boolean | PaddingStrategy;
  /**
   * Pad on to a multiple of this.
   * @default none
   */
  readonly padToMultipleOf?: number;
  /** @default 'right' */
  readonly paddingSide?: 'left' | 'right';
  /**
   * The token to pad with.
   * @default that of the tokenizer's file, or `[PAD]` or `<pad>` among the special tokens
   */
  readonly padToken?: string;
}

export interface DecodeOptions {
  /**
   * Leave special tokens out of the text.
   * @default false
   */
  readonly skipSpecialTokens?: boolean;
}

export interface DecodeTextOptions extends DecodeOptions {
  /**
   * Take away the blanks before punctuation and contractions.
   * @default false
   */
  readonly cleanUpTokenizationSpaces?: boolean;
}

/** A token to add: its content alone, or with flags; an id is found for it. */
export type NewToken = string | (Omit<AddedToken, 'id' | 'special'> & { readonly special?: boolean });

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
  /** Token → id, added tokens included: a copy, in the order of the ids. */
  readonly vocabulary: ReadonlyMap<string, number>;
  /** Tokens cut out of the text before the model sees it, by id. */
  readonly addedTokens: readonly AddedToken[];
  /** Ids, tokens, offsets, word ids and masks of a text, of a pair of texts (`textPair`), or of a list of words. */
  encode(text: TextInput, options?: EncodeOptions): Encoding;
  /** Many texts or pairs; padding is to the longest of them. */
  encodeBatch(texts: readonly (TextInput | TextPair)[], options?: EncodeOptions): Encoding[];
  /** The ids alone, int32 [T]: the fast path. */
  encodeIds(text: TextInput, options?: EncodeOptions): Int32Array;
  /**
   * Writes the ids into memory of the caller's, as many as fit.
   * @returns how many ids the text has: more than `target.length` where they did not fit
   */
  encodeInto(text: TextInput, target: Int32Array, options?: EncodeOptions): number;
  /** How many tokens a text has. */
  countTokens(text: TextInput, options?: EncodeOptions): number;
  /** @throws TokenizerError for an id outside the vocabulary. */
  decode(ids: Iterable<number>, options?: DecodeTextOptions): string;
  decodeBatch(ids: Iterable<Iterable<number>>, options?: DecodeTextOptions): string[];
  createDecoder(options?: DecodeOptions): StreamingDecoder;
  /**
   * Adds tokens that are found in text before the model sees it. One that the vocabulary has keeps its id.
   * @returns how many ids were new
   */
  addTokens(tokens: readonly NewToken[]): number;
  tokenToId(token: string): number | undefined;
  idToToken(id: number): string | undefined;
  /** The content of a `tokenizer.json` that Hugging Face's libraries read: `JSON.stringify(tokenizer)`. */
  toJSON(): object;
}
