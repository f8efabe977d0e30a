/**
 * GPT-2's printable stand-ins for the 256 bytes: a byte that prints in Latin-1 is written as itself, the other
 * 68 as U+0100, U+0101, … in order. Token strings of byte-level files are spelled in this alphabet (`Ġ` is a space).
 */
const SYMBOLS: readonly string[] = buildSymbols();

const NO_BYTE = -1;

/** Byte of each symbol, by UTF-16 unit. */
const BYTES: Int16Array = buildBytes();

function buildSymbols(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    return String.fromCharCode(printable ? byte : next++);
  });
}

function buildBytes(): Int16Array {
  const bytes = new Int16Array(0x180).fill(NO_BYTE);
  for (const [byte, symbol] of SYMBOLS.entries()) bytes[symbol.charCodeAt(0)] = byte;
  return bytes;
}

/** The character that stands for a byte. */
export function symbolOfByte(byte: number): string {
  return SYMBOLS[byte]!;
}

/** The 256 bytes in the order of their symbols: the order in which Hugging Face's trainer numbers them. */
export function bytesInSymbolOrder(): number[] {
  return SYMBOLS.map((_, byte) => byte).sort((a, b) => SYMBOLS[a]!.charCodeAt(0) - SYMBOLS[b]!.charCodeAt(0));
}

/** The bytes that a token spells, or `undefined` where a character is outside the alphabet. */
export function bytesOfToken(token: string): Uint8Array | undefined {
  const bytes = new Uint8Array(token.length);
  for (let i = 0; i < token.length; i++) {
    const byte = BYTES[token.charCodeAt(i)] ?? NO_BYTE;
    if (byte === NO_BYTE) return undefined;
    bytes[i] = byte;
  }
  return bytes;
}
