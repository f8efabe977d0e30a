import { forEachRun, WHITE_SPACE } from './range-list.ts';

export const WHITE = 1;
export const NUMERIC = 2;
export const MARK = 4;
export const NONSPACING = 8;
/** General category P, and the ASCII symbols ``$+<=>^`|~`` that BERT counts in. */
export const PUNCTUATION = 16;
/** Controls, formats and private use: what BERT drops, tab and line ends excepted. */
export const CONTROL = 32;
/** `\w` of Rust's regular expressions. */
export const WORD = 64;
/** CJK ideographs, the blocks that BERT sets apart. */
export const IDEOGRAPH = 128;

const IDEOGRAPHS: readonly (readonly [first: number, last: number])[] = [
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xf900, 0xfaff],
  [0x20000, 0x2a6df],
  [0x2a700, 0x2b73f],
  [0x2b740, 0x2b81f],
  [0x2b820, 0x2ceaf],
  [0x2f800, 0x2fa1f],
];

const PRIVATE_USE: readonly (readonly [first: number, last: number])[] = [
  [0xe000, 0xf8ff],
  [0xf0000, 0xffffd],
  [0x100000, 0x10fffd],
];

const CONTROLS: readonly (readonly [first: number, last: number])[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
];

const ASCII_SYMBOLS: readonly (readonly [first: number, last: number])[] = [
  [0x21, 0x2f],
  [0x3a, 0x40],
  [0x5b, 0x60],
  [0x7b, 0x7e],
];

const BITS: Readonly<Record<string, number>> = {
  L: WORD,
  D: NUMERIC | WORD,
  R: NUMERIC | WORD,
  N: NUMERIC,
  M: MARK | NONSPACING | WORD,
  C: MARK | WORD,
  W: PUNCTUATION | WORD,
  P: PUNCTUATION,
  J: CONTROL | WORD,
  F: CONTROL,
  A: WORD,
};

function buildTable(): Uint8Array {
  const table = new Uint8Array(0x110000);
  const mark =
    (bits: number) =>
    (first: number, end: number): void => {
      for (let codePoint = first; codePoint < end; codePoint++) table[codePoint]! |= bits;
    };
  forEachRun((name, first, end) => table.fill(BITS[name] ?? 0, first, end));
  for (const [first, last] of ASCII_SYMBOLS) mark(PUNCTUATION)(first, last + 1);
  for (const [first, last] of [...CONTROLS, ...PRIVATE_USE]) mark(CONTROL)(first, last + 1);
  for (const [first, last] of IDEOGRAPHS) mark(IDEOGRAPH)(first, last + 1);
  for (const [first, last] of WHITE_SPACE) mark(WHITE)(first, last + 1);
  return table;
}

let table: Uint8Array | undefined;

/** Bits of every code point. Built on first use (about 3 ms). */
export function characterProperties(): Uint8Array {
  table ??= buildTable();
  return table;
}
