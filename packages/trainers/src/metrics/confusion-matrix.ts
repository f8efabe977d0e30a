import { classesIn, type Label, placeIn } from './classes.ts';
import { assertPairs } from './pairs.ts';

/** How often each class was taken for each. */
export interface ConfusionMatrix<Name extends Label = Label> {
  /** The classes, in the order of rows and columns. */
  readonly classes: readonly Name[];
  /** `counts[i][j]`: examples of class i that were predicted as class j. */
  readonly counts: readonly (readonly number[])[];
}

export interface ConfusionMatrixOptions<Name extends Label = Label> {
  /** All classes, in the order wanted. @default those that occur, sorted */
  readonly classes?: readonly Name[];
}

/**
 * Counts which class was predicted for which: rows are the labels, columns the predictions.
 *
 * @throws {TenonError} when there is nothing to compare, the lengths differ, or a class is not in `classes`.
 * @example
 * ```ts
 * import { confusionMatrix } from '@tenon/trainers/metrics';
 *
 * const { classes, counts } = confusionMatrix(['no', 'yes', 'yes'], ['no', 'yes', 'no']);
 * console.log(classes, counts); // [ 'no', 'yes' ] [ [ 1, 0 ], [ 1, 1 ] ]
 * ```
 */
export function confusionMatrix<Name extends Label>(
  labels: ArrayLike<Name>,
  predictions: ArrayLike<Name>,
  options: ConfusionMatrixOptions<Name> = {},
): ConfusionMatrix<Name> {
  assertPairs('confusionMatrix', labels, predictions);
  // What occurs in lists of Name is a Name.
  const classes = options.classes ?? (classesIn(labels, predictions) as Name[]);
  const place = placeIn('confusionMatrix', classes);
  const counts = classes.map(() => classes.map(() => 0));
  for (let i = 0; i < labels.length; i++) counts[place(labels[i]!)]![place(predictions[i]!)]!++;
  return { classes, counts };
}
