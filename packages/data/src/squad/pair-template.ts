import { TenonError } from '@tenon/core';
import type { Tokenizer } from '@tenon/tokenizers';

/** Tokens that stand for no text, with their types. */
interface Special {
  readonly ids: readonly number[];
  readonly typeIds: readonly number[];
}

/** What a tokenizer puts before, between and behind two texts, and the types of the texts' tokens. */
export interface PairTemplate {
  readonly before: Special;
  readonly between: Special;
  readonly behind: Special;
  readonly typeIds: readonly [first: number, second: number];
}

/**
 * Reads a tokenizer's template off a pair that it encodes: `[CLS] A [SEP] B [SEP]`.
 *
 * @param text one with at least one token
 * @throws {TenonError} when nothing stands before the texts: no answer has no place then.
 */
export function pairTemplate(tokenizer: Tokenizer, text: string): PairTemplate {
  const { ids, typeIds, sequenceIds } = tokenizer.encode(text, {
    textPair: text,
    truncation: false,
    padding: false,
  });
  const [first, second] = [sequenceIds.indexOf(0), sequenceIds.indexOf(1)];
  const [afterFirst, afterSecond] = [sequenceIds.lastIndexOf(0) + 1, sequenceIds.lastIndexOf(1) + 1];
  const special = (from: number, to?: number): Special => ({
    ids: [...ids.subarray(from, to)],
    typeIds: [...typeIds.subarray(from, to)],
  });
  if (first <= 0) {
    throw new TenonError({
      subject: 'squadProcessor: tokenizer',
      expected: 'one that begins with a special token, as BERT with [CLS]',
      got: 'a template that begins with the text',
      advice: 'Pass a tokenizer with a template: bertTokenizer with [CLS] and [SEP] in its vocabulary.',
    });
  }
  return {
    before: special(0, first),
    between: special(afterFirst, second),
    behind: special(afterSecond),
    typeIds: [typeIds[first]!, typeIds[second]!],
  };
}
