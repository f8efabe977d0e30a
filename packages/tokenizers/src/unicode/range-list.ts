/**
 * Unicode's White_Space. JavaScript's `\s` is another set: it lacks U+0085 and has U+FEFF, and a tokenizer
 * built on it gives other ids than the Python and Rust ones.
 */
export const WHITE_SPACE: readonly (readonly [first: number, last: number])[] = [
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

/**
 * Calls `range(first, end)`, `end` exclusive, for each run of a list in ranges.ts.
 * @returns one past the last code point of the list
 */
export function forEachRange(list: string, range: (first: number, end: number) => void): number {
  const numbers = list.trim().split(/\s+/);
  let at = 0;
  for (let i = 0; i + 1 < numbers.length; i += 2) {
    const first = at + Number.parseInt(numbers[i]!, 36);
    at = first + Number.parseInt(numbers[i + 1]!, 36);
    range(first, at);
  }
  return at;
}
