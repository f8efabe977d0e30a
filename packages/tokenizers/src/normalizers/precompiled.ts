import { show, TokenizerError } from '../errors.ts';
import { type Normalizer, Rewriter } from '../pipeline/aligned-text.ts';
import { isAscii, unitsOf } from '../unicode/walk.ts';

/** A grapheme of more bytes is looked up character by character only. */
const LONGEST_GRAPHEME = 5;

const encoder = new TextEncoder();

/**
 * SentencePiece's `precompiled_charsmap`: a double-array trie (as of the Darts library) from UTF-8 sequences to
 * replacements, which follow it, each ended by a zero byte.
 *
 * @param base64 little-endian: bytes of the trie (uint32), the trie's units (uint32 each), the replacements
 */
export function precompiled(base64: string, path: string): Normalizer {
  const { units, replacements } = decodeCharsmap(base64, path);
  const cache = new Map<string, string | undefined>();
  const find = (chunk: string): string | undefined => {
    if (cache.has(chunk)) return cache.get(chunk);
    const found = lookUp(units, replacements, encoder.encode(chunk));
    if (cache.size >= 1 << 14) cache.clear();
    cache.set(chunk, found);
    return found;
  };
  let segmenter: Intl.Segmenter | undefined;
  return (source) => {
    const { text } = source;
    const out = new Rewriter(source);
    const grapheme = (chunk: string, at: number): void => {
      const whole =
        chunk.length > 1 && encoder.encode(chunk).length <= LONGEST_GRAPHEME ? find(chunk) : undefined;
      if (whole !== undefined) {
        put(out, source.text, whole, at, at + chunk.length);
        return;
      }
      for (let i = 0; i < chunk.length; ) {
        const length = unitsOf(chunk.codePointAt(i)!);
        const found = find(chunk.slice(i, i + length));
        if (found === undefined) out.keep(at + i, at + i + length);
        else put(out, source.text, found, at + i, at + i + length);
        i += length;
      }
    };
    if (isAscii(text)) {
      for (let at = 0; at < text.length; at++) {
        const lineEnd = text.startsWith('\r\n', at);
        grapheme(lineEnd ? '\r\n' : text[at]!, at);
        if (lineEnd) at++;
      }
    } else {
      segmenter ??= new Intl.Segmenter('und', { granularity: 'grapheme' });
      for (const { segment, index } of segmenter.segment(text)) grapheme(segment, index);
    }
    return out.finish();
  };
}

/** Character by character; what is left over at the end of a longer replacement lies where the last one lies. */
function put(out: Rewriter, text: string, replacement: string, from: number, to: number): void {
  let at = from;
  let last = from;
  for (const character of replacement) {
    if (at < to) last = at;
    out.put(character, last, last + unitsOf(text.codePointAt(last)!));
    if (at < to) at += unitsOf(text.codePointAt(at)!);
  }
}

function decodeCharsmap(base64: string, path: string): { units: Uint32Array; replacements: Uint8Array } {
  let bytes: Uint8Array;
  try {
    bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch (error) {
    throw new TokenizerError(
      `${path}: expected base64, got ${show(base64)}. Check that the file is complete.`,
      {
        cause: error,
      },
    );
  }
  const view = new DataView(bytes.buffer);
  const size = bytes.length < 4 ? -1 : view.getUint32(0, true);
  if (size < 0 || size % 4 !== 0 || 4 + size > bytes.length) {
    throw new TokenizerError(
      `${path}: expected the bytes of a trie after its length, got ${bytes.length} bytes` +
        `${size < 0 ? '' : ` and length ${size}`}. Check that the file is complete.`,
    );
  }
  const units = Uint32Array.from({ length: size / 4 }, (_, i) => view.getUint32(4 + 4 * i, true));
  return { units, replacements: bytes.subarray(4 + size) };
}

/** The replacement of the shortest key that the bytes begin with. */
function lookUp(units: Uint32Array, replacements: Uint8Array, key: Uint8Array): string | undefined {
  let node = offsetOf(units[0] ?? 0);
  for (const byte of key) {
    node ^= byte;
    const unit = units[node];
    if (byte === 0 || unit === undefined || (unit & 0x800000ff) !== byte) return undefined;
    node ^= offsetOf(unit);
    if (((unit >>> 8) & 1) === 0) continue;
    const start = (units[node] ?? 0) & 0x7fffffff;
    const end = replacements.indexOf(0, start);
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(
      replacements.subarray(start, end < 0 ? replacements.length : end),
    );
  }
  return undefined;
}

function offsetOf(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6);
}
