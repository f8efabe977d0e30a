import { characterClasses, LETTER, NUMBER, OTHER, SPACE } from '../unicode/classes.ts';
import { HASH_PRIME, HASH_START, type Pieces, reservePieces, type Scanner } from './scanner.ts';
import { classAt, lengthOfCharacter } from './utf8.ts';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BLANK = 0x20;
const APOSTROPHE = 0x27;

/** Bytes that the choice of an alternative may look at: a character and the one after it. */
const LOOKAHEAD = 8;

/**
 * A scanner of the pattern of GPT-4 (cl100k), Llama 3 and Qwen 2, which differ in how many digits make a piece:
 *
 *     (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
 */
export function gpt4Scanner(digits: number): Scanner {
  return (bytes, end, final, pieces) => scan(bytes, end, final, pieces, digits);
}

function scan(bytes: Uint8Array, end: number, final: boolean, pieces: Pieces, digits: number): number {
  reservePieces(pieces, end);
  const { ends, hashes } = pieces;
  const classes = characterClasses();
  let count = 0;
  let start = 0;
  while (start < end) {
    if (!final && end - start < LOOKAHEAD) break;
    const at = pieceEnd(classes, bytes, start, end, final, digits);
    // A piece that touches the end of a chunk may go on in the next.
    if (!final && at >= end) break;
    let hash = HASH_START;
    for (let i = start; i < at; i++) hash = Math.imul(hash ^ bytes[i]!, HASH_PRIME);
    start = at;
    ends[count] = at;
    hashes[count++] = hash;
  }
  pieces.count = count;
  return start;
}

function pieceEnd(
  classes: Uint8Array,
  bytes: Uint8Array,
  start: number,
  end: number,
  final: boolean,
  digits: number,
): number {
  const byte = bytes[start]!;
  if (byte === APOSTROPHE) {
    const length = contractionLength(bytes, start, end);
    if (length > 0) return start + length;
  }
  const kind = classAt(classes, bytes, start);
  const next = start + lengthOfCharacter(byte);
  if (kind === LETTER) return runEnd(classes, bytes, next, end, LETTER);
  if (kind === NUMBER) {
    let at = next;
    for (let n = 1; n < digits && at < end && classAt(classes, bytes, at) === NUMBER; n++) {
      at += lengthOfCharacter(bytes[at]!);
    }
    return at;
  }
  const follower = next < end ? classAt(classes, bytes, next) : SPACE;
  if (follower === LETTER && !isLineEnd(byte)) return runEnd(classes, bytes, next, end, LETTER);
  if (kind === OTHER || (byte === BLANK && follower === OTHER)) {
    let at = runEnd(classes, bytes, next, end, OTHER);
    while (at < end && isLineEnd(bytes[at]!)) at++;
    return at;
  }
  return spaceEnd(classes, bytes, start, end, final);
}

/** `\s*[\r\n]+|\s+(?!\S)|\s+`, at white space. */
function spaceEnd(
  classes: Uint8Array,
  bytes: Uint8Array,
  start: number,
  end: number,
  final: boolean,
): number {
  let at = start;
  let last = start; // where the last character of the run begins
  let afterLine = -1;
  while (at < end && classAt(classes, bytes, at) === SPACE) {
    last = at;
    const byte = bytes[at]!;
    at += lengthOfCharacter(byte);
    if (isLineEnd(byte)) afterLine = at;
  }
  if (at >= end && !final) return end; // the run may go on in the next chunk
  if (afterLine > 0) return afterLine;
  return at < end && last > start ? last : at;
}

function runEnd(classes: Uint8Array, bytes: Uint8Array, from: number, end: number, kind: number): number {
  let at = from;
  while (at < end && classAt(classes, bytes, at) === kind) at += lengthOfCharacter(bytes[at]!);
  return at;
}

function isLineEnd(byte: number): boolean {
  return byte === LINE_FEED || byte === CARRIAGE_RETURN;
}

/** Length in bytes of the contraction at an apostrophe in either case, or 0; `ſ` folds to `s`. */
function contractionLength(bytes: Uint8Array, start: number, end: number): number {
  if (start + 1 >= end) return 0;
  const first = bytes[start + 1]! | 0x20;
  if (first === 0x73 || first === 0x74 || first === 0x6d || first === 0x64) {
    return isAsciiLetter(bytes[start + 1]!) ? 2 : 0; // s t m d
  }
  if (start + 2 >= end) return 0;
  if (bytes[start + 1] === 0xc5 && bytes[start + 2] === 0xbf) return 3;
  if (!isAsciiLetter(bytes[start + 1]!) || !isAsciiLetter(bytes[start + 2]!)) return 0;
  const second = bytes[start + 2]! | 0x20;
  const known =
    (first === 0x72 && second === 0x65) || // re
    (first === 0x76 && second === 0x65) || // ve
    (first === 0x6c && second === 0x6c); // ll
  return known ? 3 : 0;
}

function isAsciiLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a && byte < 0x80;
}
