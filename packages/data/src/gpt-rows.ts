// GPT's input transformations (Radford et al. 2018, section 3.3 and figure 1): every task becomes one sequence of
// tokens, or several, that a language model reads from left to right.

import { assertWhole, TenonError } from '@tenon/core';
import { longestFirst } from './processors/longest-first.ts';

type Ids = readonly number[];

/** Three tokens that pre-training has not seen: their embeddings are new, and learnt with the task. */
export interface GPTSpecialTokens {
  readonly start: number;
  readonly delimiter: number;
  /** The last token of every sequence: what the model makes of it is what the head looks at. */
  readonly extract: number;
}

export interface GPTRowOptions {
  readonly tokens: GPTSpecialTokens;
  /**
   * The most tokens of a sequence, the special ones among them: the model's context. What is longer loses the end of
   * its text, or of the longer one of its two.
   * @default 512
   */
  readonly maxLength?: number;
}

/** One sequence, not padded. */
export interface GPTRow {
  readonly ids: Ids;
  /** Where the extract token is: the last place. */
  readonly extractIndex: number;
}

/**
 * A text to classify: start, text, extract.
 *
 * @throws {TenonError} when `maxLength` leaves no room for a text.
 * @example
 * ```ts
 * import { gptTextRow } from '@tenon/data';
 *
 * const tokens = { start: 100, delimiter: 101, extract: 102 };
 * console.log(gptTextRow([7, 8, 9], { tokens }).ids); // [ 100, 7, 8, 9, 102 ]
 * ```
 */
export function gptTextRow(text: Ids, { tokens, maxLength = 512 }: GPTRowOptions): GPTRow {
  const room = roomFor(1, maxLength, 2);
  return row([tokens.start, ...text.slice(0, room), tokens.extract]);
}

/**
 * Two texts in their order: start, first, delimiter, second, extract. For entailment they are the premise and the
 * hypothesis.
 *
 * @throws {TenonError} when `maxLength` leaves no room for both.
 * @example
 * ```ts
 * import { gptPairRow } from '@tenon/data';
 *
 * const tokens = { start: 100, delimiter: 101, extract: 102 };
 * console.log(gptPairRow([7, 8], [9], { tokens }).ids); // [ 100, 7, 8, 101, 9, 102 ]
 * ```
 */
export function gptPairRow(first: Ids, second: Ids, { tokens, maxLength = 512 }: GPTRowOptions): GPTRow {
  const room = roomFor(2, maxLength, 3);
  const [b, a] = longestFirst(second.length, first.length, room); // of equal texts, the first gives way
  const { start, delimiter, extract } = tokens;
  return row([start, ...first.slice(0, a), delimiter, ...second.slice(0, b), extract]);
}

/**
 * Two texts whose similarity does not depend on their order: the pair both ways round, for two sequences whose
 * extract tokens the head adds up.
 *
 * @throws {TenonError} when `maxLength` leaves no room for both.
 */
export function gptSimilarityRows(a: Ids, b: Ids, options: GPTRowOptions): readonly [GPTRow, GPTRow] {
  return [gptPairRow(a, b, options), gptPairRow(b, a, options)];
}

/**
 * A context and several answers: a pair for each answer. For question answering the context is the document with the
 * question after it.
 *
 * @throws {TenonError} when there is no answer, or `maxLength` leaves no room for both.
 */
export function gptChoiceRows(context: Ids, answers: readonly Ids[], options: GPTRowOptions): GPTRow[] {
  if (answers.length === 0) {
    throw new TenonError({
      subject: 'gptChoiceRows',
      expected: 'at least one answer',
      got: 'none',
      advice: 'Pass the token ids of every answer.',
    });
  }
  return answers.map((answer) => gptPairRow(context, answer, options));
}

function row(ids: Ids): GPTRow {
  return { ids, extractIndex: ids.length - 1 };
}

/** Tokens that are left for the texts. */
function roomFor(texts: number, maxLength: number, special: number): number {
  assertWhole('GPT row: maxLength', maxLength, special + texts);
  return maxLength - special;
}
