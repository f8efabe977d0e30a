import { symbolOfByte } from '../byte-level/alphabet.ts';
import { type AlignedText, Rewriter } from '../pipeline/aligned-text.ts';
import type { PreTokenizer, Splits } from '../pipeline/splits.ts';
import { unitsOf } from '../unicode/walk.ts';

const encoder = new TextEncoder();

/** Puts a blank before each word that does not begin with one. */
export const blankInFront: PreTokenizer = ({ source, bounds }) => {
  const out = new Rewriter(source);
  const words: number[] = [];
  for (let i = 0; i < bounds.length; i += 2) {
    const [start, end] = [bounds[i]!, bounds[i + 1]!];
    const from = out.length;
    if (source.text[start] !== ' ') out.put(' ', start, start + unitsOf(source.text.codePointAt(start)!));
    out.keep(start, end);
    words.push(from, out.length);
  }
  return { source: out.finish(), bounds: words };
};

/** Spells every word in GPT-2's byte alphabet. */
export const spellBytes: PreTokenizer = ({ source, bounds }) => {
  const out = new Rewriter(source);
  const words: number[] = [];
  for (let i = 0; i < bounds.length; i += 2) {
    const from = out.length;
    spell(source, bounds[i]!, bounds[i + 1]!, out);
    words.push(from, out.length);
  }
  return { source: out.finish(), bounds: words } satisfies Splits;
};

/** The whole text in the byte alphabet: the ByteLevel normaliser. */
export function spellAllBytes(source: AlignedText): AlignedText {
  const out = new Rewriter(source);
  spell(source, 0, source.text.length, out);
  return out.finish();
}

function spell(source: AlignedText, start: number, end: number, out: Rewriter): void {
  for (let at = start; at < end; ) {
    const codePoint = source.text.codePointAt(at)!;
    const next = at + unitsOf(codePoint);
    for (const byte of encoder.encode(source.text.slice(at, next))) out.put(symbolOfByte(byte), at, next);
    at = next;
  }
}
