import { type Normalizer, Rewriter } from '../pipeline/aligned-text.ts';
import type { Matcher } from '../pipeline/splits.ts';
import { characterProperties, WHITE } from '../unicode/properties.ts';

/** Puts text in front, unless there is none to put it before. */
export function prepend(content: string): Normalizer {
  return (source) => {
    if (source.text === '') return source;
    const out = new Rewriter(source);
    const first = source.text.codePointAt(0)! > 0xffff ? 2 : 1;
    out.put(content, 0, first);
    out.keep(0, source.text.length);
    return out.finish();
  };
}

/** Takes white space off either end. */
export function strip(left: boolean, right: boolean): Normalizer {
  return (source) => {
    const properties = characterProperties();
    const { text } = source;
    let from = 0;
    let to = text.length;
    const white = (at: number): boolean => (properties[text.charCodeAt(at)]! & WHITE) !== 0;
    if (left) while (from < to && white(from)) from++;
    if (right) while (from < to && white(to - 1)) to--;
    return from === 0 && to === text.length ? source : source.slice(from, to);
  };
}

/** Writes new content for each match; it lies where the match's last character lay. */
export function replace(matcher: Matcher, content: string): Normalizer {
  return (source) => {
    const { text } = source;
    const matches: number[] = [];
    matcher(text, 0, text.length, matches);
    if (matches.length === 0) return source;
    const out = new Rewriter(source);
    let kept = 0;
    for (let i = 0; i < matches.length; i += 2) {
      const from = matches[i]!;
      const to = matches[i + 1]!;
      out.keep(kept, from);
      const pair = to - from >= 2 && text.codePointAt(to - 2)! > 0xffff;
      if (content !== '') out.put(content, pair ? to - 2 : to - 1, to);
      kept = to;
    }
    out.keep(kept, text.length);
    return out.finish();
  };
}

/** SentencePiece's `nmt_nfkc` without the NFKC: some controls go, some spaces and invisible marks become blanks. */
export const nmt: Normalizer = (source) => {
  const spaced = source.replacedBy(source.text.replace(NMT_SPACES, ' '));
  return replace(matchAll(NMT_DROPPED), '')(spaced);
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what this removes.
const NMT_DROPPED = /[\x01-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]/g;
const NMT_SPACES = /[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/g;

function matchAll(pattern: RegExp): Matcher {
  return (text, _from, _to, matches) => {
    for (const { 0: found, index } of text.matchAll(pattern)) matches.push(index, index + found.length);
  };
}
