/** Bytes that UTF-8 takes for a code point; a lone surrogate counts as the U+FFFD that replaces it. */
export function lengthOfCodePoint(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
