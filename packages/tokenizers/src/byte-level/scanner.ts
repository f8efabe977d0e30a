import { characterClasses, SPACE } from '../unicode/classes.ts';
import { classAt, lengthOfCharacter } from './utf8.ts';

const BLANK = 0x20;
const APOSTROPHE = 0x27;

// FNV-1a, 32 bits: cheap to roll over the bytes while they are classified.
export const HASH_START: number = 0x811c9dc5 | 0;
export const HASH_PRIME: number = 0x01000193;

/** Where a scan leaves its pieces: `ends[i]` is one past the last byte of piece i, `hashes[i]` a hash of its bytes. */
export interface Pieces {
  ends: Int32Array;
  hashes: Int32Array;
  count: number;
}

export function emptyPieces(): Pieces {
  return { ends: new Int32Array(0), hashes: new Int32Array(0), count: 0 };
}

/**
 * Cuts UTF-8 into pieces.
 *
 * @param bytes well-formed UTF-8, whole characters up to `end`
 * @param final whether the text ends at `end`; if not, a piece that more text could change is left alone
 * @returns the first byte that belongs to no piece yet: `end` where `final`
 */
export type Scanner = (bytes: Uint8Array, end: number, final: boolean, pieces: Pieces) => number;

/** Makes room for as many pieces as there are bytes. */
export function reservePieces(pieces: Pieces, count: number): void {
  if (pieces.ends.length >= count) return;
  pieces.ends = new Int32Array(count);
  pieces.hashes = new Int32Array(count);
}

/**
 * Cuts UTF-8 into the pieces of GPT-2's pattern
 *
 *     's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
 *
 * Written by hand since the regular expression is four times slower and JavaScript's `\s` is the wrong set.
 */
export function scanPieces(bytes: Uint8Array, end: number, final: boolean, pieces: Pieces): number {
  reservePieces(pieces, end);
  const { ends, hashes } = pieces;
  const classes = characterClasses();
  let count = 0;
  let start = 0;
  while (start < end) {
    let byte = bytes[start]!;
    let hash = HASH_START;

    if (byte === APOSTROPHE) {
      const length = contractionLength(bytes, start, end);
      if (length > 0) {
        for (let i = start; i < start + length; i++) hash = Math.imul(hash ^ bytes[i]!, HASH_PRIME);
        start += length;
        ends[count] = start;
        hashes[count++] = hash;
        continue;
      }
      if (!final && start + 2 >= end) break;
    }

    // ` ?` and then a run of one class.
    let at = start;
    if (byte === BLANK && start + 1 < end) {
      hash = Math.imul(hash ^ BLANK, HASH_PRIME);
      at++;
      byte = bytes[at]!;
    }
    const kind = classAt(classes, bytes, at);
    if (kind !== SPACE) {
      do {
        if (byte < 0x80) {
          hash = Math.imul(hash ^ byte, HASH_PRIME);
          at++;
        } else {
          const next = at + lengthOfCharacter(byte);
          for (; at < next; at++) hash = Math.imul(hash ^ bytes[at]!, HASH_PRIME);
        }
        if (at >= end) break;
        byte = bytes[at]!;
      } while ((byte < 0x80 ? classes[byte] : classAt(classes, bytes, at)) === kind);
    } else {
      // `\s+(?!\S)|\s+`: the last white space before something else is left for that, unless it is the only one.
      at = start;
      let last = start;
      while (at < end && classAt(classes, bytes, at) === SPACE) {
        last = at;
        at += lengthOfCharacter(bytes[at]!);
      }
      if (!final && at >= end) break;
      if (at < end && last > start) at = last;
      hash = HASH_START;
      for (let i = start; i < at; i++) hash = Math.imul(hash ^ bytes[i]!, HASH_PRIME);
    }
    if (!final && at >= end) break;
    start = at;
    ends[count] = at;
    hashes[count++] = hash;
  }
  pieces.count = count;
  return start;
}

/** Length of the contraction that starts at an apostrophe, or 0. Lower case alone, as in the pattern. */
function contractionLength(bytes: Uint8Array, start: number, end: number): number {
  if (start + 1 >= end) return 0;
  const first = bytes[start + 1]!;
  if (first === 0x73 || first === 0x74 || first === 0x6d || first === 0x64) return 2; // s t m d
  if (start + 2 >= end) return 0;
  const second = bytes[start + 2]!;
  const known =
    (first === 0x72 && second === 0x65) || // re
    (first === 0x76 && second === 0x65) || // ve
    (first === 0x6c && second === 0x6c); // ll
  return known ? 3 : 0;
}
