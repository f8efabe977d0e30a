import type { DescribedPrediction } from '../fine-tuning-task.ts';
import { confusionMatrix } from '../metrics/confusion-matrix.ts';
import { precisionRecallF1 } from '../metrics/precision-recall-f1.ts';
import { heatmap } from './charts/heatmap.ts';
import { scatterChart } from './charts/scatter-chart.ts';
import type { ReportTable } from './html.ts';
import type { ReportSection } from './render-report.ts';

/** Classes of a confusion matrix that can still be read. */
const CLASSES = 20;
const EXAMPLES = 10;
const POINTS = 500;
const OTHERS = 'all others';

/**
 * How well each class is told from the others: a confusion matrix and a table of precision, recall and F1.
 *
 * @param labels the class of each example
 * @param predictions what the model said, in the same order
 * @throws {TenonError} when there is nothing to compare, or the lengths differ.
 * @example
 * ```ts
 * import { classSections } from '@tenon/trainers/report';
 *
 * const [confusion, classes] = classSections(['yes', 'no', 'no'], ['yes', 'no', 'yes']);
 * console.log(confusion?.title, classes?.title);
 * ```
 */
export function classSections(labels: readonly string[], predictions: readonly string[]): ReportSection[] {
  const { perClass } = precisionRecallF1(labels, predictions, { average: 'macro' });
  const rows = [...perClass]
    .map(
      ([name, { precision, recall, f1, support }]) => [String(name), precision, recall, f1, support] as const,
    )
    .sort((a, b) => b[4] - a[4]);
  const score = (value: number): string => value.toFixed(3);
  const kept = new Set(
    rows.length > CLASSES ? rows.slice(0, CLASSES - 1).map(([name]) => name) : rows.map(([name]) => name),
  );
  const shown = (name: string): string => (kept.has(name) ? name : OTHERS);
  const names = rows.length > CLASSES ? [...kept, OTHERS] : [...kept].sort();
  const { counts } = confusionMatrix(labels.map(shown), predictions.map(shown), { classes: names });
  const shades = counts.map((row) => {
    const sum = row.reduce((total, count) => total + count, 0);
    return row.map((count) => (sum === 0 ? 0 : count / sum));
  });
  return [
    {
      title: 'Confusion matrix',
      text: 'Examples by their class and by what was predicted; the stronger the colour, the larger the share of the class.',
      charts: [
        heatmap({
          rows: names,
          columns: names,
          values: counts,
          shades,
          rowTitle: 'expected',
          columnTitle: 'predicted',
          format: ',d',
        }),
      ],
    },
    {
      title: 'Classes',
      tables: [
        {
          head: ['class', 'precision', 'recall', 'F1', 'examples'],
          rows: rows.map(([name, precision, recall, f1, support]) => [
            name,
            score(precision),
            score(recall),
            score(f1),
            support,
          ]),
        },
      ],
    },
  ];
}

/**
 * Some predictions to look at: wrong ones first, then right ones; of numbers, those that are furthest off.
 *
 * @param count of either kind at most. @default 10
 */
export function predictionSection(
  predictions: readonly DescribedPrediction[],
  count: number = EXAMPLES,
): ReportSection {
  const title = 'Predictions';
  const labelled = predictions.filter(({ expected }) => expected !== undefined);
  if (labelled.length === 0) return { title, tables: [predictionTable('', spread(predictions, count))] };
  if (areNumbers(labelled)) return numberSection(title, labelled, count);
  const isRight = ({ expected, predicted, right = expected === predicted }: DescribedPrediction): boolean =>
    right;
  const wrong = labelled.filter((one) => !isRight(one));
  const right = labelled.filter(isRight);
  const share = ((100 * wrong.length) / labelled.length).toFixed(1);
  return {
    title,
    text: `${wrong.length} of ${labelled.length} are wrong (${share} %). Some of them, and some that are right:`,
    tables: [
      ...(wrong.length > 0 ? [predictionTable('Wrong', spread(wrong, count))] : []),
      ...(right.length > 0 ? [predictionTable('Right', spread(right, count))] : []),
    ],
  };
}

function numberSection(
  title: string,
  predictions: readonly DescribedPrediction[],
  count: number,
): ReportSection {
  const distance = ({ expected, predicted }: DescribedPrediction): number =>
    Math.abs(Number(expected) - Number(predicted));
  const furthest = [...predictions].sort((a, b) => distance(b) - distance(a)).slice(0, count);
  const points = spread(predictions, POINTS).map(({ expected, predicted }) => ({
    x: Number(expected),
    y: Number(predicted),
  }));
  return {
    title,
    charts: [scatterChart({ points, x: 'expected', y: 'predicted' })],
    tables: [predictionTable('Furthest off', furthest)],
  };
}

function predictionTable(caption: string, predictions: readonly DescribedPrediction[]): ReportTable {
  const withLabels = caption !== 'Right' && predictions.some(({ expected }) => expected !== undefined);
  return {
    kind: 'texts',
    ...(caption !== '' && { caption }),
    head: withLabels ? ['input', 'expected', 'predicted'] : ['input', 'predicted'],
    rows: predictions.map(({ input, expected = '', predicted }) =>
      withLabels ? [input, expected, predicted] : [input, predicted],
    ),
  };
}

/** As many, from everywhere: data are often sorted. */
function spread<T>(all: readonly T[], count: number): T[] {
  const every = Math.max(1, all.length / count);
  return Array.from({ length: Math.min(count, all.length) }, (_, i) => all[Math.floor(i * every)]!);
}

/** Labels are classes when there are few of them and most come again: not so the answers to questions. */
export function haveClasses(predictions: readonly DescribedPrediction[]): boolean {
  const labels = predictions.flatMap(({ expected }) => expected ?? []);
  if (labels.length < predictions.length || areNumbers(predictions)) return false;
  const distinct = new Set([...labels, ...predictions.map(({ predicted }) => predicted)]).size;
  return new Set(labels).size > 1 && distinct <= labels.length / 3;
}

/** What a regression gives; whole numbers may as well be the names of classes. */
function areNumbers(predictions: readonly DescribedPrediction[]): boolean {
  return (
    predictions.every(({ expected, predicted }) => isNumber(expected) && isNumber(predicted)) &&
    predictions.some(({ predicted }) => !Number.isInteger(Number(predicted)))
  );
}

const isNumber = (text = ''): boolean => text.trim() !== '' && Number.isFinite(Number(text));
