import { LETTERS, NUMBERS } from './ranges.ts';

export const SPACE = 0;
export const LETTER = 1;
export const NUMBER = 2;
export const OTHER = 3;

/**
 * Unicode's White_Space. JavaScript's `\s` is another set: it lacks U+0085 and has U+FEFF, and a tokenizer
 * built on it gives other ids than the Python and Rust ones.
 */
const WHITE_SPACE: readonly (readonly [first: number, last: number])[] = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0x85, 0x85],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
];

/** Calls `range(first, end)`, `end` exclusive, for each run of a list in ranges.ts. */
function forEachRange(list: string, range: (first: number, end: number) => void): number {
  const numbers = list.trim().split(/\s+/);
  let at = 0;
  for (let i = 0; i + 1 < numbers.length; i += 2) {
    const first = at + Number.parseInt(numbers[i]!, 36);
    at = first + Number.parseInt(numbers[i + 1]!, 36);
    range(first, at);
  }
  return at;
}

function buildTable(): Uint8Array {
  const ignore = (): void => {};
  const size = Math.max(forEachRange(LETTERS, ignore), forEachRange(NUMBERS, ignore));
  const table = new Uint8Array(size).fill(OTHER);
  forEachRange(LETTERS, (first, end) => table.fill(LETTER, first, end));
  forEachRange(NUMBERS, (first, end) => table.fill(NUMBER, first, end));
  for (const [first, last] of WHITE_SPACE) table.fill(SPACE, first, last + 1);
  return table;
}

let table: Uint8Array | undefined;

/** The class of every code point below the table's length; all above are `OTHER`. Built on first use (about 1 ms). */
export function characterClasses(): Uint8Array {
  table ??= buildTable();
  return table;
}
