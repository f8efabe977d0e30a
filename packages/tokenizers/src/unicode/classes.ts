import { forEachRun, WHITE_SPACE } from './range-list.ts';

export const SPACE = 0;
export const LETTER = 1;
export const NUMBER = 2;
export const OTHER = 3;

function buildTable(): Uint8Array {
  const table = new Uint8Array(0x110000).fill(OTHER);
  let size = 0;
  forEachRun((name, first, end) => {
    if (name === 'L') table.fill(LETTER, first, end);
    else if ('DRN'.includes(name)) table.fill(NUMBER, first, end);
    else return;
    size = end;
  });
  for (const [first, last] of WHITE_SPACE) table.fill(SPACE, first, last + 1);
  return table.slice(0, size);
}

let table: Uint8Array | undefined;

/** The class of every code point below the table's length; all above are `OTHER`. Built on first use (about 1 ms). */
export function characterClasses(): Uint8Array {
  table ??= buildTable();
  return table;
}
