// What texts are classified as, whichever model reads them.

import type { Logits } from '@tenon/core';
import type { DataProcessor, TextExample, TextLabels } from '@tenon/data';
import type { DescribedPrediction, FineTuningTask } from '../fine-tuning-task.ts';
import { accuracy } from '../metrics/accuracy.ts';
import { pearson, spearman } from '../metrics/correlation.ts';
import { matthews } from '../metrics/matthews.ts';
import { f1Score } from '../metrics/precision-recall-f1.ts';
import { type LogitsModel, readLogits, rowsOfLogits } from './logits-rows.ts';
import { highestOf, sigmoidOf, softmaxOf } from './probabilities.ts';

export interface TextPrediction {
  /** As the examples have it: a class, every class that holds, or a number. */
  readonly label: string | number | readonly string[];
  /** The probability of each class in the order of the labels, or the number of a regression alone. */
  readonly scores: readonly number[];
}

/** What a task on texts is beside its processor. */
type TextTask<Feature, Batch> = Omit<
  FineTuningTask<TextExample, Feature, Batch, LogitsModel<Batch>, TextPrediction>,
  keyof DataProcessor<TextExample, Feature, Batch>
>;

/**
 * A processor of texts as a task.
 *
 * @param numberOf the number of a regression from the model's score. @default the score
 */
export function textTask<Feature, Batch, Processor extends DataProcessor<TextExample, Feature, Batch>>(
  processor: Processor & DataProcessor<TextExample, Feature, Batch> & { readonly labels: TextLabels },
  numberOf?: (score: number) => number,
): Processor & TextTask<Feature, Batch> {
  const { labels } = processor;
  const outputsFromLogits = (logits: Logits): Promise<unknown[]> =>
    rowsOfLogits(logits, Math.max(1, labels.names.length));
  return {
    ...processor,
    modelLabels: labels.problemType === 'regression' ? 1 : labels.names,
    isLabelled: ({ label }) => label !== undefined,
    outputs: (model, batch) => readLogits(model, batch, outputsFromLogits),
    outputsFromLogits,
    predictions: (examples, _, outputs) =>
      examples.map((_, i) => textPrediction(labels, outputs[i]![0] as readonly number[], numberOf)),
    metrics: (examples, predictions) => textMetrics(labels, examples, predictions),
    describe: describeText,
  };
}

/** @param logits what the model says of one text, [L] */
function textPrediction(
  { problemType, names }: TextLabels,
  logits: readonly number[],
  numberOf = (score: number): number => score,
): TextPrediction {
  switch (problemType) {
    case 'regression': {
      const label = numberOf(logits[0]!);
      return { label, scores: [label] };
    }
    case 'singleLabelClassification':
      return { label: names[highestOf(logits)]!, scores: softmaxOf(logits) };
    case 'multiLabelClassification':
      return { label: names.filter((_, id) => logits[id]! > 0), scores: sigmoidOf(logits) };
  }
}

/**
 * As GLUE measures such a task, over the examples that have labels: accuracy and F1, with Matthews' correlation where
 * there are two classes (the second of them is the positive one); correlations and squared error of a regression.
 */
function textMetrics(
  { problemType, names }: TextLabels,
  examples: readonly TextExample[],
  predictions: readonly TextPrediction[],
): Record<string, number> {
  const pairs = examples.flatMap(({ label }, i) =>
    label === undefined ? [] : [{ label, predicted: predictions[i]!.label }],
  );
  if (pairs.length === 0) return {};
  switch (problemType) {
    case 'regression': {
      const [labels, predicted] = [
        pairs.map(({ label }) => Number(label)),
        pairs.map((pair) => Number(pair.predicted)),
      ];
      const squares = labels.reduce((sum, label, i) => sum + (label - predicted[i]!) ** 2, 0);
      const mse = squares / labels.length;
      return labels.length < 2
        ? { mse }
        : { pearson: pearson(labels, predicted), spearmanr: spearman(labels, predicted), mse };
    }
    case 'singleLabelClassification': {
      const [labels, predicted] = [
        pairs.map(({ label }) => String(label)),
        pairs.map((pair) => String(pair.predicted)),
      ];
      const two = names.length === 2;
      const f1 = two
        ? f1Score(labels, predicted, { positive: names[1]!, classes: names })
        : f1Score(labels, predicted, { average: 'macro', classes: names });
      return {
        accuracy: accuracy(labels, predicted),
        f1,
        ...(two && { matthewsCorrelation: matthews(labels, predicted) }),
      };
    }
    case 'multiLabelClassification': {
      const labels = pairs.map(({ label }) => label as readonly string[]); // the processor takes nothing else
      const predicted = pairs.map((pair) => pair.predicted as readonly string[]);
      const f1 = (average: 'micro' | 'macro'): number =>
        f1Score(labels, predicted, { average, classes: names });
      return { accuracy: accuracy(labels, predicted), f1Micro: f1('micro'), f1Macro: f1('macro') };
    }
  }
}

function describeText(
  { text, textPair, label }: TextExample,
  prediction: TextPrediction,
): DescribedPrediction {
  const inWords = (value: TextPrediction['label']): string =>
    typeof value === 'object'
      ? value.join(', ')
      : typeof value === 'number'
        ? String(+value.toPrecision(4))
        : value;
  return {
    input: textPair === undefined ? text : `${text} ▸ ${textPair}`,
    ...(label !== undefined && { expected: inWords(label) }),
    predicted: inWords(prediction.label),
  };
}
