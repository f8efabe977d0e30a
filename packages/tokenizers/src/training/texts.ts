import { show, TokenizerError } from '../errors.ts';

/**
 * What tokenizers train on. Each string is a text of its own: nothing joins across two of them. A stream may give
 * several texts at once, which costs less than one by one.
 */
export type Texts = string | Iterable<string> | AsyncIterable<string | readonly string[]>;

/**
 * Gives the texts to `visit` one by one, wherever they come from.
 *
 * @param visit may return a promise, which is then waited for
 */
export async function forEachText(
  texts: Texts,
  visit: (text: string) => Promise<void> | undefined,
): Promise<void> {
  if (!isIterable(texts)) {
    throw new TokenizerError(
      `texts: expected a string, an iterable or an async iterable of strings, got ${show(texts)}. ` +
        'Pass the text itself, or a list of texts.',
    );
  }
  for await (const item of typeof texts === 'string' ? [texts] : texts) {
    for (const text of Array.isArray(item) ? item : [item]) {
      if (typeof text !== 'string') {
        throw new TokenizerError(`texts: expected strings, got ${show(text)}. Decode bytes to text first.`);
      }
      const busy = visit(text);
      if (busy !== undefined) await busy;
    }
  }
}

function isIterable(value: unknown): boolean {
  if (typeof value === 'string') return true;
  return (
    typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value)
  );
}
