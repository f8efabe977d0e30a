import { TenonError } from '@tenon/core';
import type { Origin } from '../examples.ts';
import { subjectOf } from './subject-of.ts';

/** A feature whose label may be unknown, as that of a text to classify is. */
export interface Labelled<Label> {
  readonly label?: Label;
  readonly origin?: Origin;
}

/**
 * The labels of a batch; nothing where no feature has one.
 *
 * @throws {TenonError} when some have one and some do not.
 */
export function someLabels<Label>(features: readonly Labelled<Label>[]): Label[] | undefined {
  const labels = features.flatMap(({ label }) => (label === undefined ? [] : [label]));
  if (labels.length === 0) return undefined;
  if (labels.length === features.length) return labels;
  const without = features.find(({ label }) => label === undefined);
  throw new TenonError({
    subject: subjectOf(without?.origin, 'label'),
    expected: 'a label, as other examples of the batch have',
    got: 'none',
    advice: 'Label the example, or leave it out.',
  });
}
