// B batch, L labels.

import { type ProblemType, TenonError } from '@tenon/core';
import { type Tensor, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Origin, TextExample } from '../examples.ts';
import { labelIds } from '../labels.ts';
import { shownValue } from '../shown-value.ts';
import { IGNORED, type Labelled, labelsOr } from './labelled.ts';
import { subjectOf } from './subject-of.ts';

export interface TextLabelOptions {
  /** The names of the classes, in the order of the model's outputs; absent for a regression. */
  readonly labels?: readonly string[];
  /** @default one class of several where there are `labels`, else a regression */
  readonly problemType?: ProblemType;
}

/** The number of a class, 0 or 1 for each class, or the number of a regression. */
export type LabelValue = number | readonly number[];

/** Labels of texts as numbers, and as the tensor that heads take. */
export class TextLabels {
  readonly names: readonly string[];
  readonly problemType: ProblemType;
  readonly #idOf: (name: string, origin?: Origin) => number;

  /** @throws {TenonError} when classes are wanted without names, or names given for a regression. */
  constructor({ labels, problemType }: TextLabelOptions) {
    this.problemType = problemType ?? (labels === undefined ? 'regression' : 'singleLabelClassification');
    this.names = labels ?? [];
    this.#idOf = labelIds(this.names);
    const wanted = this.problemType !== 'regression';
    if (this.names.length > 0 === wanted) return;
    throw new TenonError({
      subject: 'labels',
      expected: wanted ? 'the names of the classes' : 'none for a regression',
      got: JSON.stringify(labels ?? 'none'),
      advice: wanted
        ? "Pass { labels: ['negative', 'positive'] }; labelNames finds them in examples."
        : 'Leave labels out, or the problemType.',
    });
  }

  /**
   * The label of an example, where it has one.
   *
   * @throws {TenonError} when it is unknown or of another kind.
   */
  valueOf({ label, origin }: TextExample): LabelValue | undefined {
    if (label === undefined) return undefined;
    switch (this.problemType) {
      case 'regression':
        if (typeof label === 'number' && Number.isFinite(label)) return label;
        throw wrongLabel(
          origin,
          'a finite number',
          label,
          'Correct it, or pass labels for a classification.',
        );
      case 'singleLabelClassification':
        if (typeof label === 'object') {
          throw wrongLabel(
            origin,
            'one class',
            label,
            "Pass { problemType: 'multiLabelClassification' } where several may hold.",
          );
        }
        return this.#idOf(String(label), origin); // a class that a file has as a number is named by its digits
      case 'multiLabelClassification': {
        if (typeof label !== 'object') {
          throw wrongLabel(origin, 'a list of classes', label, 'Pass every class that holds, or [].');
        }
        const values = this.names.map(() => 0);
        for (const name of label) values[this.#idOf(name, origin)] = 1;
        return values;
      }
    }
  }

  /**
   * The labels of a batch: int32 [B] for one class of several, float32 [B, L] of 0 and 1, or float32 [B] for a
   * regression. Where no feature has one they are −100, which heads leave out, or NaN for a regression.
   *
   * @throws {TenonError} when some have one and some do not.
   */
  tensor(features: readonly Labelled<LabelValue>[]): Tensor {
    switch (this.problemType) {
      case 'regression':
        return tensor1d(labelsOr<LabelValue>(Number.NaN, features).flat(), 'float32');
      case 'singleLabelClassification':
        return tensor1d(labelsOr<LabelValue>(IGNORED, features).flat(), 'int32');
      case 'multiLabelClassification': {
        const none = this.names.map(() => IGNORED);
        const values = labelsOr<LabelValue>(none, features).flat();
        return tensor2d(values, [features.length, this.names.length], 'float32');
      }
    }
  }
}

function wrongLabel(origin: Origin | undefined, expected: string, got: unknown, advice: string): TenonError {
  return new TenonError({ subject: subjectOf(origin, 'label'), expected, got: shownValue(got), advice });
}
