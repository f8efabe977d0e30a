import { VocabularyBuilder } from './vocabulary.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const LETTER_U = 0x75;
const BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const BYTE_ORDER_MARK = 0xfeff;
const MOST_DIGITS = 9;

/**
 * Reads the text of one flat object `{"token": id, …}` without the detour of a JavaScript object of fifty thousand
 * properties, which takes several times as long. Says `undefined` for any other text: `JSON.parse` knows why.
 */
export function readFlatVocabulary(text: string, path: string): Map<string, number> | undefined {
  const vocabulary = new VocabularyBuilder(path);
  let at = skipSpace(text, text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0);
  if (text.charCodeAt(at++) !== BRACE) return undefined;
  for (;;) {
    at = skipSpace(text, at);
    if (text.charCodeAt(at++) !== QUOTE) return undefined;
    const end = endOfLiteral(text, at);
    if (end < 0) return undefined;
    const token = unescapeLiteral(text.slice(at, end));
    if (token === undefined) return undefined;
    at = skipSpace(text, end + 1);
    if (text.charCodeAt(at++) !== COLON) return undefined;
    at = skipSpace(text, at);
    const first = at;
    let id = 0;
    for (; isDigit(text.charCodeAt(at)); at++) id = id * 10 + text.charCodeAt(at) - 0x30;
    const digits = at - first;
    if (digits === 0 || digits > MOST_DIGITS || (digits > 1 && text[first] === '0')) return undefined;
    at = skipSpace(text, at);
    const next = text.charCodeAt(at++);
    if (next !== COMMA && next !== CLOSING_BRACE) return undefined;
    vocabulary.add(token, id);
    if (next === CLOSING_BRACE) break;
  }
  return skipSpace(text, at) === text.length ? vocabulary.finish() : undefined;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  for (;;) {
    const unit = text.charCodeAt(at);
    if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return at;
    at++;
  }
}

/** The closing quote of a literal that starts at `from`, or −1. */
function endOfLiteral(text: string, from: number): number {
  let end = text.indexOf('"', from);
  for (;;) {
    let before = end - 1;
    while (before >= from && text.charCodeAt(before) === BACKSLASH) before--;
    if (end < 0 || (end - before) % 2 === 1) return end;
    end = text.indexOf('"', end + 1);
  }
}

function unescapeLiteral(literal: string): string | undefined {
  const backslash = literal.lastIndexOf('\\');
  if (backslash < 0) return literal;
  if (backslash === 0 && literal.charCodeAt(1) === LETTER_U) {
    // `"\u0120the"`: two of three tokens in GPT-2's file are spelled so.
    const unit = hexadecimal(literal, 2, 6);
    if (unit >= 0) return String.fromCharCode(unit) + literal.slice(6);
  }
  try {
    return JSON.parse(`"${literal}"`) as string;
  } catch {
    return undefined;
  }
}

/** The number that `text[from … end)` spells, or −1 where it spells none. */
function hexadecimal(text: string, from: number, end: number): number {
  let value = 0;
  for (let at = from; at < end; at++) {
    const unit = text.charCodeAt(at);
    const letter = unit | 0x20;
    if (isDigit(unit)) value = value * 16 + unit - 0x30;
    else if (letter >= 0x61 && letter <= 0x66) value = value * 16 + letter - 0x57;
    else return -1;
  }
  return value;
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}
