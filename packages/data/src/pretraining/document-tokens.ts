import { TenonError } from '@tenon/core';
import type { Tokenizer } from '@tenon/tokenizers';
import { errorOfExample } from '../example-error.ts';
import { type DocumentExample, describeOrigin } from '../examples.ts';
import { isTexts } from '../processors/assert-text.ts';
import { subjectOf } from '../processors/subject-of.ts';
import { shownValue } from '../shown-value.ts';
import { type OnInvalid, reportInvalid } from '../skipped-examples.ts';

/** Neither special tokens nor padding; nothing is cut. */
const PLAIN = { addSpecialTokens: false, truncation: false, padding: false } as const;
const ADVICE = 'Leave it out, or pass onInvalid to count what is left out.';

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
  return documents.flatMap((document, i) => {
    try {
      return [sentenceTokens(document, tokenizer)];
    } catch (error) {
      reportInvalid(errorOfExample(error, document, `examples[${i}]`), onInvalid);
      return [];
    }
  });
}

/** The tokens of one document's sentences. @throws {TenonError} when it has nothing to read. */
export function sentenceTokens(
  { sentences, origin }: DocumentExample,
  tokenizer: Tokenizer,
): readonly Int32Array[] {
  if (!isTexts(sentences)) {
    const subject = subjectOf(origin, 'sentences');
    const got = shownValue(sentences);
    throw new TenonError({ subject, expected: 'a list of texts', got, advice: ADVICE });
  }
  const tokens = sentences
    .map((sentence) => tokenizer.encodeIds(sentence, PLAIN))
    .filter(({ length }) => length > 0);
  if (tokens.length > 0) return tokens;
  const expected = 'a document with a sentence';
  throw new TenonError({
    subject: describeOrigin(origin),
    expected,
    got: 'nothing to read',
    advice: ADVICE,
  });
}
