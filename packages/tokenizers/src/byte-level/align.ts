import { lengthOfCodePoint } from '../unicode/utf8-length.ts';

export interface ByteAlignment {
  readonly text: string;
  /** Added to every offset. */
  readonly base: number;
  /** Bytes before the text that no text stands for (the blank of `addPrefixSpace`). */
  readonly skip: number;
  readonly from: number;
  readonly to: number;
  /** Bytes of token i. */
  readonly lengthOf: (i: number) => number;
  readonly offsets: Int32Array;
}

/**
 * Turns the byte lengths of consecutive tokens into offsets in UTF-16 code units. A token that holds only some
 * bytes of a character covers the whole character, so that offsets always cut the text between characters.
 */
export function alignBytes({ text, base, skip, from, to, lengthOf, offsets }: ByteAlignment): void {
  let token = -skip; // bytes of the text before the current token
  let unit = 0; // the character that holds that byte: where it starts in the text …
  let byte = 0; // … and in its bytes
  for (let i = from; i < to; i++) {
    token += lengthOf(i);
    offsets[2 * i] = base + unit;
    let end = unit;
    while (byte < token && unit < text.length) {
      const codePoint = text.codePointAt(unit)!;
      const length = lengthOfCodePoint(codePoint);
      end = unit + (codePoint > 0xffff ? 2 : 1);
      if (byte + length > token) break; // the next token goes on with this character
      byte += length;
      unit = end;
    }
    offsets[2 * i + 1] = base + end;
  }
}

/** Takes the blanks at either end out of each token's offsets. */
export function trimBlanks(text: string, base: number, from: number, to: number, offsets: Int32Array): void {
  for (let i = from; i < to; i++) {
    let start = offsets[2 * i]!;
    let end = offsets[2 * i + 1]!;
    while (start < end && text[start - base] === ' ') start++;
    while (start < end && text[end - base - 1] === ' ') end--;
    offsets[2 * i] = start;
    offsets[2 * i + 1] = end;
  }
}
