import { type Logits, TenonError } from '@tenon/core';
import {
  type SpanScores,
  type SquadBatch,
  type SquadExample,
  type SquadFeature,
  type SquadPrediction,
  type SquadPredictionOptions,
  type SquadProcessor,
  type SquadProcessorOptions,
  squadPredictions,
  squadProcessor,
} from '@tenon/data';
import { Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import type { FineTuningTask } from '../fine-tuning-task.ts';
import { type SquadScoreOptions, squadScore } from '../metrics/squad-score.ts';
import { readLogits } from './logits-rows.ts';

/** A model as this task knows it: scores of each token as the start and as the end of the answer, [B, T] each. */
export interface SpanModel {
  logits(batch: SquadBatch): SpanLogits;
}

type SpanLogits = { readonly start: Tensor2D; readonly end: Tensor2D };

export interface SpanExtractionOptions
  extends Omit<SquadProcessorOptions, 'training'>,
    SquadPredictionOptions,
    SquadScoreOptions {}

export interface SpanExtraction
  extends SquadProcessor,
    FineTuningTask<SquadExample, SquadFeature, SquadBatch, SpanModel, SquadPrediction> {
  readonly maxLength: number;
}

/** Of a context that is longer, reports show the beginning. */
const SHOWN = 300;

/**
 * Finds answers in texts, from end to end (SQuAD 1.1; with `versionTwo` 2.0, where a question may have none). For
 * `QuestionAnswering` on BERT and its like. A long text is read in windows, from which one answer is made.
 *
 * Its metrics are `exactMatch` and `f1`, the official percentages, and with questions that have no answer the same of both
 * kinds: `hasAnswerExactMatch`, `hasAnswerF1`, `noAnswerExactMatch`, `noAnswerF1`. A question that has neither an answer
 * nor `isImpossible` is predicted, and counts neither in the loss nor in the metrics; nothing is learnt from it, so that
 * training refuses it.
 *
 * @throws {TenonError} when a length is not a whole number above 0.
 * @example
 * ```ts
 * import { bertTokenizer } from '@tenon/tokenizers';
 * import { spanExtraction } from '@tenon/trainers';
 *
 * const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'where', '?', 'she', 'went', 'to', 'paris', '.'];
 * const tokenizer = bertTokenizer({ vocabulary: new Map(words.map((word, id) => [word, id])) });
 * const task = spanExtraction({ tokenizer, maxLength: 32, docStride: 16 });
 *
 * const context = 'She went to Paris.';
 * const example = { id: '1', question: 'Where?', context, answers: [{ text: 'Paris', start: 12 }] };
 * const features = task.features(example);
 * const scores = { start: [0, 0, 0, 0, 0, 0, 0, 3, 0, 0], end: [0, 0, 0, 0, 0, 0, 0, 4, 1, 0] }; // as a model gives them
 * const predictions = task.predictions([example], [features], [[scores]]);
 * console.log(predictions[0]?.text, task.metrics?.([example], predictions)); // Paris { exactMatch: 100, f1: 100 }
 * ```
 */
export function spanExtraction(options: SpanExtractionOptions): SpanExtraction {
  const labelled = squadProcessor({ ...options, training: true });
  const unlabelled = squadProcessor({ ...options, training: false });
  return {
    maxLength: labelled.maxLength,
    truncated: labelled.truncated,
    isLabelled,
    features: (example) => (isLabelled(example) ? labelled : unlabelled).features(example),
    collate: (features) => labelled.collate(features),
    length: (feature) => labelled.length(feature),
    outputs: (model, batch) => readLogits(model, batch, spanScores),
    outputsFromLogits: spanScores,
    predictions: (examples, features, outputs) =>
      examples.map((example, i) => {
        const scores = outputs[i] as readonly SpanScores[]; // what `outputs` gave
        const nothing = { example, text: '', start: 0, end: 0, score: 0, nBest: [] };
        return squadPredictions(features[i]!, scores, options)[0] ?? nothing;
      }),
    metrics(examples, predictions) {
      const places = [...examples.keys()].filter((i) => isLabelled(examples[i]!));
      if (places.length === 0) return {};
      const { total, hasAnswerTotal, noAnswerTotal, ...scores } = squadScore(
        places.map((i) => textsOf(examples[i]!)),
        places.map((i) => predictions[i]!.text),
        options,
      );
      return scores;
    },
    describe(example, { text }) {
      const { question, context } = example;
      const beginning = context.length > SHOWN ? `${context.slice(0, SHOWN)}…` : context;
      return {
        input: `${question} ▸ ${beginning}`,
        ...(isLabelled(example) && {
          expected: textsOf(example)[0] ?? NO_ANSWER,
          right: squadScore([textsOf(example)], [text], options).exactMatch === 100,
        }),
        predicted: text === '' ? NO_ANSWER : text,
      };
    },
  };
}

/** The scores of each row. @throws {TenonError} when they are not of starts and ends. */
async function spanScores(logits: Logits): Promise<SpanScores[]> {
  const { start, end } = logits as Partial<SpanLogits>; // looked at in the next line
  if (start === undefined || end === undefined) {
    throw new TenonError({
      subject: "the model's outputs",
      expected: 'start and end, [B, T] each',
      got: logits instanceof Tensor ? 'one tensor' : Object.keys(logits).join(' and '),
      advice: 'Take the head QuestionAnswering, or one with the same logits.',
    });
  }
  const [starts, ends] = await Promise.all([start.data(), end.data()]);
  const [B, T] = start.shape;
  const row = (scores: typeof starts, b: number): ArrayLike<number> => scores.slice(b * T, (b + 1) * T);
  return Array.from({ length: B }, (_, b) => ({ start: row(starts, b), end: row(ends, b) }));
}

const NO_ANSWER = '(no answer)';

const isLabelled = ({ answers, isImpossible = false }: SquadExample): boolean =>
  isImpossible || answers.length > 0;

/** The answers that are right: none for a question that has none, whatever answers would be plausible. */
const textsOf = ({ answers, isImpossible = false }: SquadExample): string[] =>
  isImpossible ? [] : answers.map(({ text }) => text);
