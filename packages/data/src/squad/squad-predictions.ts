import { assertWhole, TenonError } from '@tenon/core';
import type { SquadExample } from '../examples.ts';
import { subjectOfQuestion } from './locate-answer.ts';
import type { SquadFeature } from './squad-processor.ts';

/** What a model says of each token of a window: that the answer starts, or ends there. */
export interface SpanScores {
  readonly start: ArrayLike<number>;
  readonly end: ArrayLike<number>;
}

/** The text of an answer: tokens `first` to `last` (inclusive) of a window, as places in its `inputIds`. */
export type SpanText = (feature: SquadFeature, first: number, last: number) => string;

export interface SquadPredictionOptions {
  /** How many starts and ends are tried, and how many answers are kept. @default 20 */
  readonly nBest?: number;
  /** Tokens that an answer has at most. @default 30 */
  readonly maxAnswerLength?: number;
  /** Whether a question may have no answer (SQuAD 2.0). @default false */
  readonly versionTwo?: boolean;
  /** No answer is predicted where its score is higher than the best answer's by more than this. @default 0 */
  readonly nullScoreDiffThreshold?: number;
  /** What an answer reads. @default the context from the first token's start to the last one's end */
  readonly spanText?: SpanText;
}

/** A candidate. */
export interface SquadAnswer {
  /** Empty for "no answer". */
  readonly text: string;
  /** Where its tokens start in the context, in UTF-16 units; 0 for "no answer". */
  readonly start: number;
  /** Where they end (exclusive). */
  readonly end: number;
  readonly startLogit: number;
  readonly endLogit: number;
  /** Among the candidates: the softmax of the sums of both logits. */
  readonly probability: number;
}

/** The answer to a question. */
export interface SquadPrediction {
  readonly example: SquadExample;
  /** Empty where no answer is predicted. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Its probability among the candidates; 0 where there is none. */
  readonly score: number;
  /** The candidates, the likeliest first. */
  readonly nBest: readonly SquadAnswer[];
  /** By how much "no answer" scores higher than the best answer; only with `versionTwo`. */
  readonly nullScoreDiff?: number;
}

/**
 * The answers to questions from what a model says of their windows (Devlin et al. 2019, sections 4.2 and 4.3): of all
 * pairs of the best starts and ends, the one with the highest sum that lies in the context, in order, at most
 * `maxAnswerLength` tokens long, and starts where its window shows most around it.
 *
 * @param features windows of questions, those of one question one after another
 * @param scores one for each window
 * @returns one for each question, in their order
 * @throws {TenonError} when lengths differ.
 * @example
 * ```ts
 * import { squadPredictions, squadProcessor } from '@tenon/data';
 * import { bertTokenizer } from '@tenon/tokenizers';
 *
 * const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'where', '?', 'she', 'went', 'to', 'paris', '.'];
 * const tokenizer = bertTokenizer({ vocabulary: new Map(words.map((word, id) => [word, id])) });
 * const processor = squadProcessor({ tokenizer, training: false });
 * const question = { id: '1', question: 'Where?', context: 'She went to Paris.', answers: [] };
 *
 * const scores = { start: [0, 0, 0, 0, 0, 0, 2, 3, 0, 0], end: [0, 0, 0, 0, 0, 0, 0, 4, 1, 0] }; // what a model gives
 * const [prediction] = squadPredictions(processor.features(question), [scores]);
 * console.log(prediction?.text, prediction?.start, prediction?.end); // Paris 12 17
 * ```
 * @see https://github.com/google-research/bert/blob/master/run_squad.py, write_predictions
 */
export function squadPredictions(
  features: readonly SquadFeature[],
  scores: readonly SpanScores[],
  options: SquadPredictionOptions = {},
): SquadPrediction[] {
  assertWhole('squadPredictions: nBest', options.nBest ?? 20);
  assertWhole('squadPredictions: maxAnswerLength', options.maxAnswerLength ?? 30);
  if (features.length !== scores.length) {
    throw new TenonError({
      subject: 'squadPredictions',
      expected: `the scores of ${features.length} windows`,
      got: String(scores.length),
      advice: 'Pass the scores of each window, in the same order.',
    });
  }
  const predictions: SquadPrediction[] = [];
  for (let from = 0, to = 0; from < features.length; from = to) {
    while (to < features.length && features[to]!.example === features[from]!.example) to++;
    predictions.push(predict(features.slice(from, to), scores.slice(from, to), options));
  }
  return predictions;
}

type Candidate = Omit<SquadAnswer, 'probability'>;

/** The answer to one question. */
function predict(
  features: readonly SquadFeature[],
  scores: readonly SpanScores[],
  options: SquadPredictionOptions,
): SquadPrediction {
  const { versionTwo = false, nullScoreDiffThreshold = 0 } = options;
  const noAnswer = versionTwo ? nullCandidate(features, scores) : undefined;
  const answers = withProbabilities(bestCandidates(features, scores, noAnswer, options));
  const { example } = features[0]!;
  const answer = answers.find(({ text }) => text !== '');
  const none = answers.find(({ text }) => text === '');
  const nullScoreDiff = none && answer && sumOf(none) - sumOf(answer);
  const isNone = nullScoreDiff !== undefined && nullScoreDiff > nullScoreDiffThreshold;
  const { text = '', start = 0, end = 0, probability = 0 } = (isNone ? none : (answer ?? none)) ?? {};
  return {
    example,
    text,
    start,
    end,
    score: probability,
    nBest: answers,
    ...(versionTwo && nullScoreDiff !== undefined && { nullScoreDiff }),
  };
}

/** "No answer" with the scores of the window where it scores least. */
function nullCandidate(features: readonly SquadFeature[], scores: readonly SpanScores[]): Candidate {
  const all = features.map((_, i): Candidate => {
    const { start, end } = scores[i]!;
    return { text: '', start: 0, end: 0, startLogit: start[0]!, endLogit: end[0]! };
  });
  return all.reduce((least, next) => (sumOf(next) < sumOf(least) ? next : least));
}

/** The best candidates that read differently, and "no answer", where there is one, even if it is not among the best. */
function bestCandidates(
  features: readonly SquadFeature[],
  scores: readonly SpanScores[],
  noAnswer: Candidate | undefined,
  { nBest = 20, maxAnswerLength = 30, spanText = exactText }: SquadPredictionOptions,
): Candidate[] {
  const spans = features.flatMap((feature, i) => spansOf(feature, scores[i]!, nBest, maxAnswerLength));
  const all: (Span | Candidate)[] = noAnswer === undefined ? spans : [...spans, noAnswer];
  all.sort((a, b) => sumOf(b) - sumOf(a)); // stable: of equal ones the first
  const found = new Map<string, Candidate>();
  for (const one of all) {
    if (found.size === nBest) break;
    const candidate = 'feature' in one ? candidateOf(one, spanText) : one;
    if (!found.has(candidate.text)) found.set(candidate.text, candidate);
  }
  if (noAnswer !== undefined && !found.has('')) found.set('', noAnswer);
  return [...found.values()];
}

interface Span {
  readonly feature: SquadFeature;
  readonly first: number;
  readonly last: number;
  readonly startLogit: number;
  readonly endLogit: number;
}

/** The answers that the best starts and ends of a window make. */
function spansOf(feature: SquadFeature, { start, end }: SpanScores, nBest: number, longest: number): Span[] {
  const { contextStart, maxContext } = feature;
  const after = contextStart + maxContext.length;
  const [shortest] = [start.length, end.length].sort((a, b) => a - b);
  if (shortest! < feature.inputIds.length) {
    throw new TenonError({
      subject: `${subjectOfQuestion(feature.example)}, window ${feature.window}`,
      expected: `scores of its ${feature.inputIds.length} tokens`,
      got: String(shortest),
      advice: 'Pass a row of the logits, for the tokens of the window and its padding.',
    });
  }
  const spans: Span[] = [];
  const lasts = bestOf(end, nBest).filter((last) => last >= contextStart && last < after);
  for (const first of bestOf(start, nBest)) {
    if (maxContext[first - contextStart] !== 1) continue; // outside the context, or seen better elsewhere
    for (const last of lasts) {
      if (last < first || last - first >= longest) continue;
      spans.push({ feature, first, last, startLogit: start[first]!, endLogit: end[last]! });
    }
  }
  return spans;
}

/** The places of the highest scores, highest first. */
function bestOf(scores: ArrayLike<number>, count: number): number[] {
  const order = Array.from(scores, (_, place) => place).sort((a, b) => scores[b]! - scores[a]!);
  return order.slice(0, count);
}

function candidateOf({ feature, first, last, startLogit, endLogit }: Span, spanText: SpanText): Candidate {
  return {
    text: spanText(feature, first, last),
    ...placesOf(feature, first, last),
    startLogit,
    endLogit,
  };
}

const exactText: SpanText = (feature, first, last) => {
  const { start, end } = placesOf(feature, first, last);
  return feature.example.context.slice(start, end);
};

function placesOf(
  { offsets, contextStart }: SquadFeature,
  first: number,
  last: number,
): { readonly start: number; readonly end: number } {
  return { start: offsets[2 * (first - contextStart)]!, end: offsets[2 * (last - contextStart) + 1]! };
}

const sumOf = ({ startLogit, endLogit }: Pick<Candidate, 'startLogit' | 'endLogit'>): number =>
  startLogit + endLogit;

function withProbabilities(candidates: readonly Candidate[]): SquadAnswer[] {
  const most = Math.max(...candidates.map(sumOf));
  const weights = candidates.map((candidate) => Math.exp(sumOf(candidate) - most));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return candidates.map((candidate, i) => ({ ...candidate, probability: weights[i]! / total }));
}
