import type { IdBuffer } from './id-buffer.ts';
import type { AlignedText } from './pipeline/aligned-text.ts';

/**
 * What one family does with text in which no added token occurs, normalised if the tokenizer normalises. Added
 * tokens, truncation, templates, masks, errors and the public interface are written once, in `BaseTokenizer`.
 */
export interface SegmentModel {
  /** Every token of the vocabulary by id; a hole is `undefined`. */
  readonly tokens: readonly (string | undefined)[];
  tokenToId(token: string): number | undefined;
  /** Appends the ids of a non-empty text. */
  encode(source: AlignedText, ids: IdBuffer): void;
  /**
   * Appends where each id of a text, as `encode` made them, lies in the original and the number of its word,
   * counted from `firstWord`.
   * @returns the number that the next word gets
   */
  align(source: AlignedText, ids: Int32Array, places: Places, firstWord: number): number;
  /** A fresh decoder, with no state from earlier ids. */
  decoder(): SegmentDecoder;
}

/** Where tokens lie: start and end (exclusive) in the original, in UTF-16 units, and the number of their word. */
export interface Places {
  /** Starts and ends, alternating. */
  readonly offsets: IdBuffer;
  readonly words: IdBuffer;
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
