import { forEachRange, WHITE_SPACE } from './range-list.ts';
import { LETTERS, NUMBERS } from './ranges.ts';

export const SPACE = 0;
export const LETTER = 1;
export const NUMBER = 2;
export const OTHER = 3;

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
