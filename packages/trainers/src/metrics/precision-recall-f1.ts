import { TenonError } from '@tenon/core';
import { classesIn, type Label, type Labels, listed, placeIn } from './classes.ts';
import { assertPairs } from './pairs.ts';
import { type Counts, countsOf, type Scores, scoresOf, total } from './scores.ts';

/**
 * What is one number for all classes: the score of one class (`binary`), of all decisions counted together (`micro`),
 * or the mean over the classes, plain (`macro`) or by how many labels each has (`weighted`).
 */
export type Average = 'binary' | 'micro' | 'macro' | 'weighted';

export interface PrecisionRecallF1Options {
  /** @default 'binary' */
  readonly average?: Average;
  /** The class that `binary` scores. @default 1 */
  readonly positive?: Label;
  /** All classes, those that never occur as well: they count as 0 in `macro`. @default those that occur, sorted */
  readonly classes?: readonly Label[];
}

export interface ClassScores extends Scores {
  /** The scores of each class. */
  readonly perClass: ReadonlyMap<Label, Scores>;
}

/**
 * Precision, recall and F1 of classes. An example has one label, or a list of those that apply to it (multi-label). The
 * F1 of `macro` is the mean of the classes' F1. Names and conventions are scikit-learn's, with 0 for division by 0.
 *
 * @throws {TenonError} when there is nothing to compare, the lengths differ, a class is not in `classes`, or `binary`
 * is asked of more than two classes.
 * @example
 * ```ts
 * import { precisionRecallF1 } from '@tenon/trainers/metrics';
 *
 * const { precision, recall, perClass } = precisionRecallF1([0, 1, 1, 0], [0, 1, 0, 0]);
 * console.log(precision, recall, perClass.get(0)?.precision); // 1 0.5 0.6666666666666666
 * ```
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.precision_recall_fscore_support.html
 */
export function precisionRecallF1(
  labels: ArrayLike<Labels>,
  predictions: ArrayLike<Labels>,
  options: PrecisionRecallF1Options = {},
): ClassScores {
  const { average = 'binary', positive = 1 } = options;
  assertPairs('precisionRecallF1', labels, predictions);
  const classes = options.classes ?? classesIn(labels, predictions);
  if (average === 'binary') assertBinary(classes, positive);
  const counts = new Map<Label, Counts>();
  for (const label of classes) countsOf(counts, label);
  const place = placeIn('precisionRecallF1', classes);
  for (let i = 0; i < labels.length; i++) {
    const [expected, got] = [new Set(listed(labels[i]!)), new Set(listed(predictions[i]!))];
    for (const label of new Set([...expected, ...got])) {
      const count = countsOf(counts, classes[place(label)]!);
      if (expected.has(label)) count.there++;
      if (got.has(label)) count.predicted++;
      if (expected.has(label) && got.has(label)) count.right++;
    }
  }
  const perClass = new Map([...counts].map(([label, count]) => [label, scoresOf(count)]));
  return { ...averaged(average, positive, counts, perClass), perClass };
}

/**
 * The F1 of classes: see `precisionRecallF1`.
 *
 * @throws {TenonError} as `precisionRecallF1` does.
 * @example
 * ```ts
 * import { f1Score } from '@tenon/trainers/metrics';
 *
 * console.log(f1Score(['a', 'b', 'c', 'a'], ['a', 'b', 'b', 'a'], { average: 'macro' })); // 0.5555555555555555
 * ```
 */
export function f1Score(
  labels: ArrayLike<Labels>,
  predictions: ArrayLike<Labels>,
  options: PrecisionRecallF1Options = {},
): number {
  return precisionRecallF1(labels, predictions, options).f1;
}

function averaged(
  average: Average,
  positive: Label,
  counts: ReadonlyMap<Label, Counts>,
  perClass: ReadonlyMap<Label, Scores>,
): Scores {
  switch (average) {
    case 'binary':
      return perClass.get(positive) ?? scoresOf(total([]));
    case 'micro':
      return scoresOf(total(counts.values()));
    case 'macro':
      return mean(perClass, () => 1);
    case 'weighted':
      return mean(perClass, ({ support }) => support);
  }
}

function mean(perClass: ReadonlyMap<Label, Scores>, weightOf: (scores: Scores) => number): Scores {
  const all = [...perClass.values()];
  const whole = all.reduce((sum, scores) => sum + weightOf(scores), 0);
  const of = (name: 'precision' | 'recall' | 'f1'): number =>
    whole === 0 ? 0 : all.reduce((sum, scores) => sum + weightOf(scores) * scores[name], 0) / whole;
  return {
    precision: of('precision'),
    recall: of('recall'),
    f1: of('f1'),
    support: all.reduce((sum, { support }) => sum + support, 0),
  };
}

function assertBinary(classes: readonly Label[], positive: Label): void {
  const named = classes.map((name) => JSON.stringify(name)).join(', ');
  if (classes.length > 2) {
    throw new TenonError({
      subject: "precisionRecallF1: average 'binary'",
      expected: 'two classes',
      got: named,
      advice: "Pass average: 'macro', 'micro' or 'weighted'.",
    });
  }
  if (classes.length === 2 && !classes.includes(positive)) {
    throw new TenonError({
      subject: 'precisionRecallF1: positive',
      expected: `one of the classes ${named}`,
      got: JSON.stringify(positive),
      advice: 'Pass the class to score as `positive`.',
    });
  }
}
