import { TenonError } from '@tenon/core';
import type { AnswerMatch } from './answer-match.ts';
import { chineseMatch, normalizeChinese } from './chinese-answers.ts';
import { assertPairs } from './pairs.ts';
import { englishMatch, normalizeAnswer } from './squad-answers.ts';

export interface SquadScoreOptions {
  /**
   * How texts are compared. `english` is SQuAD's own way: lower case, without punctuation and articles, words counted.
   * `chinese` is CMRC 2018's: without punctuation, each ideograph by itself, the longest common run counted.
   * @default 'english'
   */
  readonly language?: 'english' | 'chinese';
}

/** Percentages, between 0 and 100, and how many questions they are of. */
export interface SquadScore {
  /** Questions whose prediction is one of the answers, normalised. */
  readonly exactMatch: number;
  /** The mean over the questions of the F1 with the nearest answer. */
  readonly f1: number;
  readonly total: number;
  /** The same of the questions with an answer; only where some have none and some do (SQuAD 2.0). */
  readonly hasAnswerExactMatch?: number;
  readonly hasAnswerF1?: number;
  readonly hasAnswerTotal?: number;
  /** The same of the questions without an answer; only where there are some. */
  readonly noAnswerExactMatch?: number;
  readonly noAnswerF1?: number;
  readonly noAnswerTotal?: number;
}

/**
 * Exact match and F1 of answers, as the official evaluation of SQuAD 2.0 computes them; for 1.1 they are the same numbers.
 * A question without an answer is answered by an empty text.
 *
 * @param answers the texts that are right for each question; none where it has no answer
 * @param predictions a text for each question
 * @throws {TenonError} when there is no question, the lengths differ, or the language is not known.
 * @example
 * ```ts
 * import { squadScore } from '@tenon/trainers/metrics';
 *
 * const { exactMatch, f1 } = squadScore([['The Cat', 'a cat'], ['New York City']], ['cat!', 'York']);
 * console.log(exactMatch, f1); // 50 75
 * console.log(squadScore([['北京市']], ['北京'], { language: 'chinese' }).f1); // 80
 * ```
 * @see Rajpurkar et al. 2016, SQuAD: 100,000+ Questions for Machine Comprehension of Text
 * @see Rajpurkar et al. 2018, Know What You Don't Know: Unanswerable Questions for SQuAD
 * @see Cui et al. 2019, A Span-Extraction Dataset for Chinese Machine Reading Comprehension
 */
export function squadScore(
  answers: readonly (readonly string[])[],
  predictions: readonly string[],
  { language = 'english' }: SquadScoreOptions = {},
): SquadScore {
  assertPairs('squadScore', answers, predictions, ['answers', 'predictions']);
  if (!Object.hasOwn(LANGUAGES, language)) {
    throw new TenonError({
      subject: 'squadScore: language',
      expected: Object.keys(LANGUAGES).join(' or '),
      got: String(language),
      advice: "Leave it out for 'english'.",
    });
  }
  const { match, normalize } = LANGUAGES[language];
  const matches = predictions.map((prediction, i) => {
    const gold = answers[i]!.filter((answer) => normalize(answer) !== ''); // an answer of nothing but signs is none
    const each = (gold.length === 0 ? [''] : gold).map((answer) => match(answer, prediction));
    return {
      exact: Math.max(...each.map(({ exact }) => exact)),
      f1: Math.max(...each.map(({ f1 }) => f1)),
    };
  });
  const all = percentages(matches);
  const hasAnswer = percentages(matches.filter((_, i) => answers[i]!.length > 0));
  const noAnswer = percentages(matches.filter((_, i) => answers[i]!.length === 0));
  return {
    ...all,
    ...(noAnswer.total > 0 &&
      hasAnswer.total > 0 && {
        hasAnswerExactMatch: hasAnswer.exactMatch,
        hasAnswerF1: hasAnswer.f1,
        hasAnswerTotal: hasAnswer.total,
      }),
    ...(noAnswer.total > 0 && {
      noAnswerExactMatch: noAnswer.exactMatch,
      noAnswerF1: noAnswer.f1,
      noAnswerTotal: noAnswer.total,
    }),
  };
}

const LANGUAGES = {
  english: { match: englishMatch, normalize: normalizeAnswer },
  chinese: { match: chineseMatch, normalize: normalizeChinese },
} as const;

function percentages(matches: readonly AnswerMatch[]): Pick<SquadScore, 'exactMatch' | 'f1' | 'total'> {
  const mean = (of: (match: AnswerMatch) => number): number =>
    (100 * matches.reduce((sum, match) => sum + of(match), 0)) / matches.length;
  return { exactMatch: mean(({ exact }) => exact), f1: mean(({ f1 }) => f1), total: matches.length };
}
