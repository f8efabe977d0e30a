// `get_final_text` of run_squad.py: from word pieces back to the text, by comparing characters.
import { bertWords } from '@tenon/tokenizers';
import type { SpanText } from './squad-predictions.ts';
import { whiteSpaceWords } from './white-space.ts';

export interface OriginalSpanTextOptions {
  /** Makes a token of its id. */
  readonly tokenizer: { idToToken(id: number): string | undefined };
  /** Whether the tokenizer writes everything in lower case. @default true */
  readonly lowercase?: boolean;
}

/**
 * Makes of tokens what run_squad.py makes of them: the words, between white space, that they lie in, cut down to the
 * tokens' characters where these can be told, and one blank between words. For numbers that have to be the original's;
 * without it, an answer is the exact text of the context, which the original cannot always give.
 */
export function originalSpanText({ tokenizer, lowercase = true }: OriginalSpanTextOptions): SpanText {
  const project = finalText({ lowercase });
  return ({ example, inputIds, contextStart, offsets }, first, last) => {
    const pieces = Array.from(inputIds.subarray(first, last + 1), (id) => tokenizer.idToToken(id) ?? '');
    const predicted = pieces.join(' ').replaceAll(' ##', '').replaceAll('##', '').trim();
    const [from, to] = [offsets[2 * (first - contextStart)]!, offsets[2 * (last - contextStart) + 1]!];
    const words = whiteSpaceWords(example.context).filter(({ start, end }) => start < to && end > from);
    return project(predicted, words.map(({ start, end }) => example.context.slice(start, end)).join(' '));
  };
}

/**
 * Finds tokenised text in the original text that it comes from, and gives the original's characters; all of the original
 * text where the characters of both do not go together one by one.
 */
export function finalText({
  lowercase,
}: {
  readonly lowercase: boolean;
}): (predicted: string, text: string) => string {
  const words = bertWords({ lowercase, original: true });
  return (predicted, text) => {
    const tokenized = words(text).join(' ');
    const at = tokenized.indexOf(predicted);
    if (at < 0 || predicted === '') return text;
    const [inText, inTokenized] = [inkOf(text), inkOf(tokenized)];
    if (inText.length !== inTokenized.length) return text;
    const lastAt = at + predicted.length - [...predicted].at(-1)!.length;
    const [first, last] = [at, lastAt].map((place) => inTokenized.findIndex(({ start }) => start === place));
    const [start, end] = [inText[first!]?.start, inText[last!]?.end];
    return start === undefined || end === undefined ? text : text.slice(start, end);
  };
}

/** The characters of a text that are no blanks: where each starts and ends. */
function inkOf(text: string): { readonly start: number; readonly end: number }[] {
  const ink: { start: number; end: number }[] = [];
  let start = 0;
  for (const character of text) {
    const end = start + character.length;
    if (character !== ' ') ink.push({ start, end });
    start = end;
  }
  return ink;
}
