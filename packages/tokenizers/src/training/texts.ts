import { show, TokenizerError } from '../errors.ts';

/** What tokenizers train on. Each string is a text of its own: nothing joins across two of them. */
export type Texts = string | Iterable<string> | AsyncIterable<string>;

/** The texts one by one, wherever they come from. */
export async function* eachText(texts: Texts): AsyncGenerator<string> {
  if (typeof texts === 'string') {
    yield texts;
    return;
  }
  if (!isIterable(texts)) {
    throw new TokenizerError(
      `texts: expected a string, an iterable or an async iterable of strings, got ${show(texts)}. ` +
        'Pass the text itself, or a list of texts.',
    );
  }
  for await (const text of texts) {
    if (typeof text !== 'string') {
      throw new TokenizerError(`texts: expected strings, got ${show(text)}. Decode bytes to text first.`);
    }
    yield text;
  }
}

function isIterable(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value)
  );
}
