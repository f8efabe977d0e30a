// How SQuAD's official evaluation compares texts. What counts as a letter, a blank or punctuation is Python's idea of it.
import type { AnswerMatch } from './answer-match.ts';

const PUNCTUATION = /[!-/:-@[-`{-~]/gu;
const ARTICLE = /(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu;
const BLANKS = /(?:[^\S\ufeff]|\u0085)+/u;

/**
 * A text as SQuAD compares it: in lower case, without ASCII punctuation and articles, one blank between words.
 *
 * @example
 * ```ts
 * import { normalizeAnswer } from '@tenon/trainers/metrics';
 *
 * console.log(normalizeAnswer("The  U.S.'s  capital!")); // uss capital
 * ```
 */
export function normalizeAnswer(text: string): string {
  return wordsOf(text).join(' ');
}

function wordsOf(text: string): string[] {
  const plain = text.toLowerCase().replace(PUNCTUATION, '').replace(ARTICLE, ' ');
  return plain.split(BLANKS).filter((word) => word !== '');
}

/** Of words: precision and recall count each as often as both texts have it. */
export function englishMatch(answer: string, prediction: string): AnswerMatch {
  const [gold, got] = [wordsOf(answer), wordsOf(prediction)];
  const exact = Number(gold.join(' ') === got.join(' '));
  if (gold.length === 0 || got.length === 0) return { exact, f1: exact };
  const left = new Map<string, number>();
  for (const word of gold) left.set(word, (left.get(word) ?? 0) + 1);
  let same = 0;
  for (const word of got) {
    const count = left.get(word) ?? 0;
    if (count > 0) same++;
    left.set(word, count - 1);
  }
  return { exact, f1: (2 * same) / (gold.length + got.length) };
}
