import { literal } from '../patterns/matchers.ts';
import { Rewriter } from '../pipeline/aligned-text.ts';
import { type PreTokenizer, splitBy } from '../pipeline/splits.ts';

export interface MetaspaceOptions {
  /** The character that stands for a blank. */
  readonly replacement: string;
  /** Which stretches of text get one in front: every one, none, or only that at the beginning of the text. */
  readonly prependScheme: 'always' | 'never' | 'first';
  /** Whether to cut before each. */
  readonly split: boolean;
}

/** SentencePiece's way with blanks (Kudo and Richardson 2018): a blank becomes a visible character of the word after it. */
export function metaspace({ replacement, prependScheme, split }: MetaspaceOptions): PreTokenizer {
  const cut = splitBy(literal(replacement), 'MergedWithNext');
  return ({ source, bounds }) => {
    const blanked = source.text.includes(' ') ? source.text.replaceAll(' ', replacement) : source.text;
    const from = replacement.length === 1 ? source.replacedBy(blanked) : undefined;
    const out = new Rewriter(from ?? source);
    const words: number[] = [];
    let changed = from === undefined;
    for (let i = 0; i < bounds.length; i += 2) {
      const [start, end] = [bounds[i]!, bounds[i + 1]!];
      const first = out.length;
      const wanted = prependScheme === 'always' || (prependScheme === 'first' && source.startOf(start) === 0);
      const text = (from ?? source).text;
      if (wanted && !text.startsWith(replacement, start) && (from !== undefined || text[start] !== ' ')) {
        out.put(replacement, start, start + (text.codePointAt(start)! > 0xffff ? 2 : 1));
        changed = true;
      }
      if (from !== undefined) out.keep(start, end);
      else keepReplacing(source.text, start, end, replacement, out);
      words.push(first, out.length);
    }
    const result =
      changed || words.length > 2 ? { source: out.finish(), bounds: words } : { source: from!, bounds };
    return split ? cut(result) : result;
  };
}

function keepReplacing(text: string, start: number, end: number, replacement: string, out: Rewriter): void {
  for (let at = start; at < end; at++) {
    if (text[at] === ' ') out.put(replacement, at, at + 1);
    else out.keep(at, at + 1);
  }
}
