// Which tokens of a context are its answer.
import { TenonError } from '@tenon/core';
import type { Tokenizer } from '@tenon/tokenizers';
import { describeOrigin, type SquadExample } from '../examples.ts';
import { shownValue } from '../shown-value.ts';
import { whiteSpaceWords } from './white-space.ts';

/** A context as tokens: ids [N], and starts and ends in the text, alternating, [2N]. */
export interface ContextTokens {
  readonly ids: Int32Array;
  readonly offsets: Int32Array;
}

/** The first and the last token of an answer. */
export interface TokenSpan {
  readonly first: number;
  readonly last: number;
}

type Answer = SquadExample['answers'][number];

/**
 * The tokens that the answer's characters lie in.
 *
 * @throws {TenonError} when the context does not have the answer there.
 */
export function locateCharacters(example: SquadExample, answer: Answer, context: ContextTokens): TokenSpan {
  const { offsets } = context;
  const end = answer.start + answer.text.length;
  const there = example.context.slice(Math.max(0, answer.start), end);
  if (answer.text === '' || there !== answer.text) throw notThere(example, answer, there);
  let first = 0;
  while (first < context.ids.length && offsets[2 * first + 1]! <= answer.start) first++;
  let last = context.ids.length - 1;
  while (last >= first && offsets[2 * last]! >= end) last--;
  if (last < first) throw notThere(example, answer, 'characters that the tokenizer drops');
  return { first, last };
}

/**
 * As run_squad.py does: the tokens of the words, between white space, that the answer's ends lie in, or the first run of
 * tokens among these that is the answer's.
 *
 * @throws {TenonError} when the words do not have the answer.
 */
export function locateWords(
  example: SquadExample,
  answer: Answer,
  context: ContextTokens,
  tokenizer: Tokenizer,
): TokenSpan {
  const { ids, offsets } = context;
  const words = whiteSpaceWords(example.context);
  const wordAt = (place: number): number =>
    Math.max(
      0,
      words.findLastIndex(({ start }) => start <= place),
    );
  const [from, to] = [wordAt(answer.start), wordAt(answer.start + answer.text.length - 1)];
  const text = words.slice(from, to + 1).map(({ start, end }) => example.context.slice(start, end));
  const wanted = answer.text.split(/\s+/u).filter((word) => word !== '');
  const inside =
    answer.text !== '' && answer.start >= 0 && answer.start + answer.text.length <= example.context.length;
  if (!inside || !text.join(' ').includes(wanted.join(' '))) throw notThere(example, answer, text.join(' '));

  const tokensBefore = (place: number): number => {
    let count = 0;
    while (count < ids.length && offsets[2 * count]! < place) count++;
    return count;
  };
  const first = tokensBefore(words[from]!.start);
  const last = tokensBefore(words[to + 1]?.start ?? Number.POSITIVE_INFINITY) - 1;
  const pieces = tokenizer.encode(answer.text, {
    addSpecialTokens: false,
    truncation: false,
    padding: false,
  }).ids;
  for (let start = first; start + pieces.length - 1 <= last && pieces.length > 0; start++) {
    if (pieces.every((id, i) => ids[start + i] === id))
      return { first: start, last: start + pieces.length - 1 };
  }
  return { first, last };
}

/** How errors call a question. */
export function subjectOfQuestion(example: SquadExample): string {
  return describeOrigin(example.origin, `question ${example.id}`);
}

function notThere(example: SquadExample, answer: Answer, there: string): TenonError {
  return new TenonError({
    subject: `${subjectOfQuestion(example)}, answer`,
    expected: `${shownValue(answer.text)} at ${answer.start} of the context`,
    got: there === '' ? `nothing: the context has ${example.context.length} characters` : shownValue(there),
    advice: 'Correct where the answer starts, counted in UTF-16 units from 0, or leave the example out.',
  });
}
