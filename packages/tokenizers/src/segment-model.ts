import type { IdBuffer } from './id-buffer.ts';

/**
 * What one family does with text in which no added token occurs. Added tokens, masks, errors and the public
 * interface are written once, in `BaseTokenizer`; a family is a `SegmentModel` and its file format.
 */
export interface SegmentModel {
  /** Every token of the vocabulary by id; a hole is `undefined`. */
  readonly tokens: readonly (string | undefined)[];
  tokenToId(token: string): number | undefined;
  /** Appends the ids of a non-empty text. */
  encode(text: string, ids: IdBuffer): void;
  /**
   * Writes where in `text` each of its ids lies: start and end (exclusive) in UTF-16 code units, plus `base`,
   * to `offsets[2 * i]` and `offsets[2 * i + 1]` for each i in [from, to).
   */
  align(text: string, base: number, ids: Int32Array, from: number, to: number, offsets: Int32Array): void;
  /** A fresh decoder, with no state from earlier ids. */
  decoder(): SegmentDecoder;
}

/** Takes tokens one by one and gives back the text that later tokens cannot change. */
export interface SegmentDecoder {
  /** The next token, an id of the model's own. */
  token(id: number): void;
  /** The next token, an added one, by its content. */
  added(content: string): void;
  /** What has become certain since the last call. */
  read(): string;
  /** All that is left; half a character becomes U+FFFD. */
  flush(): string;
}
