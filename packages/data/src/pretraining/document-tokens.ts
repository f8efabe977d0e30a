import { TenonError } from '@tenon/core';
import type { Tokenizer } from '@tenon/tokenizers';
import { type DocumentExample, describeOrigin } from '../examples.ts';
import { type OnInvalid, reportInvalid } from '../skipped-examples.ts';

/**
 * The tokens of each document's sentences; sentences without any are left out.
 *
 * @throws {TenonError} when a document has nothing to read, and nobody is told.
 */
export function documentTokens(
  documents: readonly DocumentExample[],
  tokenizer: Tokenizer,
  onInvalid: OnInvalid | undefined,
): (readonly Int32Array[])[] {
  const options = { addSpecialTokens: false, truncation: false, padding: false } as const;
  return documents.flatMap(({ sentences, origin }) => {
    const tokens = sentences
      .map((sentence) => tokenizer.encodeIds(sentence, options))
      .filter(({ length }) => length > 0);
    if (tokens.length > 0) return [tokens];
    const advice = 'Leave it out, or pass onInvalid to count what is left out.';
    const expected = 'a document with a sentence';
    reportInvalid(
      new TenonError({ subject: describeOrigin(origin), expected, got: 'nothing to read', advice }),
      onInvalid,
    );
    return [];
  });
}
