/** UTF-16 units of a code point. */
export function unitsOf(codePoint: number): number {
  return codePoint < 0x10000 ? 1 : 2;
}

const NOT_ASCII = /[^\0-\x7f]/;

export function isAscii(text: string): boolean {
  return !NOT_ASCII.test(text);
}

const LONE_SURROGATES = /\p{Surrogate}/gu;

/** The text with each lone surrogate, one unit, turned into U+FFFD, one unit too. */
export function wellFormed(text: string): string {
  return text.replace(LONE_SURROGATES, '\ufffd');
}
