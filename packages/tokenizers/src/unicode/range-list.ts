import { RUNS } from './runs.ts';

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

/** Calls `run` for each run of code points [first, end) of one class, named as in runs.ts. */
export function forEachRun(run: (name: string, first: number, end: number) => void): void {
  let first = 0;
  for (const { 1: name, 2: length } of RUNS.matchAll(/([A-Z])([a-z0-9]*)/g)) {
    const end = first + (length === '' ? 1 : Number.parseInt(length!, 36));
    run(name!, first, end);
    first = end;
  }
}

const sources = new Map<string, string>();

/** The characters of some classes, each named by its letter in runs.ts, for use within the brackets of a `RegExp` with flag u. */
export function charactersOf(names: string): string {
  let source = sources.get(names);
  if (source === undefined) {
    source = '';
    let last = -1;
    let open = -1; // where runs that lie side by side begin
    const close = (): void => {
      if (open >= 0) source += `${escaped(open)}-${escaped(last - 1)}`;
    };
    forEachRun((name, first, end) => {
      if (!names.includes(name)) return;
      if (first !== last) {
        close();
        open = first;
      }
      last = end;
    });
    close();
    sources.set(names, source);
  }
  return source;
}

function escaped(codePoint: number): string {
  return `\\u{${codePoint.toString(16)}}`;
}
