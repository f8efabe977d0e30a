import type { AlignedText } from '../pipeline/aligned-text.ts';
import type { Places } from '../segment-model.ts';
import { lengthOfCodePoint } from '../unicode/utf8-length.ts';
import { unitsOf } from '../unicode/walk.ts';

export interface ByteAlignment {
  readonly source: AlignedText;
  /** Bytes before the text that no text stands for (the blank of `addPrefixSpace`). */
  readonly skip: number;
  /** Bytes of each token. */
  readonly lengths: Int32Array;
  /** Where the words end, in bytes, those before the text counted in. */
  readonly wordEnds: Int32Array;
  readonly firstWord: number;
  readonly places: Places;
}

/**
 * Turns the byte lengths of consecutive tokens into places in UTF-16 code units. A token that holds only some
 * bytes of a character covers the whole character, so that offsets always cut the text between characters.
 *
 * @returns the number that the next word gets
 */
export function alignBytes(alignment: ByteAlignment): number {
  const { source, skip, lengths, wordEnds, firstWord, places } = alignment;
  const { text } = source;
  let token = -skip; // bytes of the text before the current token
  let unit = 0; // the character that holds that byte: where it starts in the text …
  let byte = 0; // … and in its bytes
  let word = 0;
  for (const length of lengths) {
    while (word < wordEnds.length && wordEnds[word]! - skip <= token) word++;
    token += length;
    const start = unit;
    let end = unit;
    while (byte < token && unit < text.length) {
      const codePoint = text.codePointAt(unit)!;
      const bytes = lengthOfCodePoint(codePoint);
      end = unit + unitsOf(codePoint);
      if (byte + bytes > token) break; // the next token goes on with this character
      byte += bytes;
      unit = end;
    }
    // A token of the added blank alone is given the first character, as Hugging Face gives it.
    if (end === start) end = start + unitsOf(text.codePointAt(start)!);
    places.offsets.push(source.startOf(start));
    places.offsets.push(source.endOf(end - 1));
    places.words.push(firstWord + word);
  }
  return firstWord + wordEnds.length;
}
