import { TenonError } from '@tenon/core';
import type { Origin } from '../examples.ts';
import { subjectOf } from './subject-of.ts';

/** A feature whose label may be unknown, as that of a text to classify is. */
export interface Labelled<Label> {
  readonly label?: Label;
  readonly origin?: Origin;
}

/** The label of what is not to be learnt: heads leave it out. */
export const IGNORED: number = -100;

/**
 * The labels of a batch; `unknown` for each where no feature has one, as of examples to predict.
 *
 * @throws {TenonError} when some have one and some do not.
 */
export function labelsOr<Label>(unknown: Label, features: readonly Labelled<Label>[]): Label[] {
  const row = features.findIndex(({ label }) => label === undefined);
  if (row === -1 || features.every(({ label }) => label === undefined)) {
    return features.map(({ label }) => label ?? unknown);
  }
  const { origin } = features[row]!;
  throw new TenonError({
    subject: origin === undefined ? `row ${row} of the batch, label` : subjectOf(origin, 'label'),
    expected: 'a label, as other examples of the batch have',
    got: 'none',
    advice: 'Label the example, or leave it out.',
  });
}
