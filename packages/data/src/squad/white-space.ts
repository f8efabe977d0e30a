/** What run_squad.py takes for white space: no other blank separates words there. */
const WORD = /[^ \t\r\n\u202f]+/g;

/** Words between white space, as [start, end) in UTF-16 units. */
export function whiteSpaceWords(text: string): { readonly start: number; readonly end: number }[] {
  return Array.from(text.matchAll(WORD), ({ index, 0: word }) => ({
    start: index,
    end: index + word.length,
  }));
}
