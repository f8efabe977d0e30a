import { type AlignedText, type Normalizer, Rewriter } from '../pipeline/aligned-text.ts';
import { lowerCase } from '../unicode/frozen.ts';
import { CONTROL, characterProperties, IDEOGRAPH, MARK, NONSPACING, WHITE } from '../unicode/properties.ts';
import { isAscii, unitsOf } from '../unicode/walk.ts';
import { unicodeNormalizer } from './unicode.ts';

const CAPITAL_SIGMA = /\u03a3/g;
const DOTTED_I = '\u0130';

/** Lower case, each character on its own: a final sigma is no exception, as in Rust's library. */
export const lowercase: Normalizer = (source) => {
  const text = source.text.replace(CAPITAL_SIGMA, '\u03c3');
  if (!text.includes(DOTTED_I)) return source.replacedBy(lowerCase(text));
  // The one character that becomes two.
  const out = new Rewriter(source.replacedBy(text));
  let from = 0;
  for (let at = text.indexOf(DOTTED_I); at >= 0; at = text.indexOf(DOTTED_I, from)) {
    out.keep(from, at);
    out.put('i\u0307', at, at + 1);
    from = at + 1;
  }
  out.keep(from, text.length);
  const longer = out.finish();
  return longer.replacedBy(lowerCase(longer.text));
};

/**
 * Writes something else, or nothing, for the characters that `matches`, and keeps all others.
 * @param put writes for the character from `at` to `next`
 */
function edited(
  source: AlignedText,
  matches: (properties: number, codePoint: number) => boolean,
  put: (out: Rewriter, at: number, next: number, codePoint: number) => void,
): AlignedText {
  const properties = characterProperties();
  const { text } = source;
  let out: Rewriter | undefined;
  let kept = 0;
  for (let at = 0; at < text.length; ) {
    const codePoint = text.codePointAt(at)!;
    const next = at + unitsOf(codePoint);
    if (matches(properties[codePoint]!, codePoint)) {
      out ??= new Rewriter(source);
      out.keep(kept, at);
      put(out, at, next, codePoint);
      kept = next;
    }
    at = next;
  }
  if (out === undefined) return source;
  out.keep(kept, text.length);
  return out.finish();
}

/** Leaves out the characters that have one of the given properties. */
const without =
  (bits: number): Normalizer =>
  (source) =>
    edited(
      source,
      (properties) => (properties & bits) !== 0,
      () => {},
    );

/** `StripAccents`: leaves out all combining marks. */
export const stripAccents: Normalizer = without(MARK);

const withoutNonspacing = without(NONSPACING);
const decompose = unicodeNormalizer('NFD');

export interface BertNormalizerOptions {
  readonly cleanText: boolean;
  readonly handleChineseChars: boolean;
  readonly stripAccents: boolean;
  readonly lowercase: boolean;
}

/** BERT's BasicTokenizer, up to the cutting (Devlin et al. 2018, tokenization.py). */
export function bertNormalizer(options: BertNormalizerOptions): Normalizer {
  return (source) => {
    let text = source;
    if (options.cleanText) text = cleanText(text);
    if (options.handleChineseChars && !isAscii(text.text)) text = spaceIdeographs(text);
    if (options.stripAccents && !isAscii(text.text)) text = withoutNonspacing(decompose(text));
    return options.lowercase ? lowercase(text) : text;
  };
}

const REPLACEMENT = 0xfffd;
const BLANK = 0x20;

const isLineOrTab = (codePoint: number): boolean =>
  codePoint === 0x09 || codePoint === 0x0a || codePoint === 0x0d;

/** Drops controls, U+FFFD and private use; turns white space into blanks. */
function cleanText(source: AlignedText): AlignedText {
  const isDropped = (properties: number, codePoint: number): boolean =>
    ((properties & CONTROL) !== 0 && !isLineOrTab(codePoint)) || codePoint === REPLACEMENT;
  const all = characterProperties();
  return edited(
    source,
    (properties, codePoint) =>
      isDropped(properties, codePoint) || ((properties & WHITE) !== 0 && codePoint !== BLANK),
    (out, at, next, codePoint) => {
      if (!isDropped(all[codePoint]!, codePoint)) out.put(' ', at, next);
    },
  );
}

/** Puts a blank before and after each CJK ideograph. */
function spaceIdeographs(source: AlignedText): AlignedText {
  return edited(
    source,
    (properties) => (properties & IDEOGRAPH) !== 0,
    (out, at, next) => {
      out.put(' ', at, next);
      out.keep(at, next);
      out.put(' ', at, next);
    },
  );
}
