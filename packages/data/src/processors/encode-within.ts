import { assertWhole } from '@tenon/core';
import type { TextInput, Tokenizer } from '@tenon/tokenizers';
import type { Origin } from '../examples.ts';
import { assertNotEmpty, assertText, isTexts } from './assert-text.ts';
import { longestFirst } from './longest-first.ts';

/** A text, or a pair, as a model of at most so many tokens reads it. */
export interface EncodedText {
  /** int32 [T], with the tokenizer's template around the text. */
  readonly inputIds: Int32Array;
  /** int32 [T]: 0 for the first text, 1 for its pair, as the tokenizer's template has them. */
  readonly tokenTypeIds: Int32Array;
  /** The word of each token in its text, `null` where there is none; [T]. */
  readonly wordIds: readonly (number | null)[];
  /** Tokens that were cut off. */
  readonly lost: number;
}

/** What an example has to read. */
export interface ExampleTexts {
  readonly text: TextInput;
  readonly textPair?: TextInput;
  /** What errors call the two. @default 'text' and 'textPair' */
  readonly fields?: readonly string[];
  readonly origin?: Origin;
}

/**
 * Encodes what an example says, and cuts what is too long as `longestFirst` does.
 *
 * @throws {TenonError} when a text is none, or has nothing to read, or no room for a token of each.
 */
export function encodeWithin(tokenizer: Tokenizer, texts: ExampleTexts, maxLength: number): EncodedText {
  const { text, textPair, fields = ['text', 'textPair'], origin } = texts;
  if (!isTexts(text)) assertText(fields[0]!, text, origin);
  if (textPair !== undefined && !isTexts(textPair)) assertText(fields[1]!, textPair, origin);
  const encoding = tokenizer.encode(text, {
    ...(textPair !== undefined && { textPair }),
    truncation: false,
    padding: false,
  });
  const { ids, typeIds, wordIds, sequenceIds } = encoding;
  const lengths = [0, 0];
  for (const sequence of sequenceIds) if (sequence !== null) lengths[sequence]!++;
  assertNotEmpty(fields[0]!, text, lengths[0]!, origin);
  if (textPair !== undefined) assertNotEmpty(fields[1]!, textPair, lengths[1]!, origin);
  const lost = ids.length - maxLength;
  if (lost <= 0) return { inputIds: ids, tokenTypeIds: typeIds, wordIds, lost: 0 };

  const room = lengths[0]! + lengths[1]! - lost;
  assertWhole('maxLength', maxLength, maxLength - room + (textPair === undefined ? 1 : 2));
  const left = longestFirst(lengths[0]!, lengths[1]!, room);
  const kept = [...sequenceIds.keys()].filter((place) => {
    const sequence = sequenceIds[place]!;
    return sequence === null || left[sequence]!-- > 0;
  });
  return {
    inputIds: Int32Array.from(kept, (place) => ids[place]!),
    tokenTypeIds: Int32Array.from(kept, (place) => typeIds[place]!),
    wordIds: kept.map((place) => wordIds[place]!),
    lost,
  };
}
