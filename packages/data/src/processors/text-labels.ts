// B batch, L labels.

import { type ProblemType, TenonError } from '@tenon/core';
import { type Tensor, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Origin, TextExample } from '../examples.ts';
import { subjectOf } from './subject-of.ts';

export interface TextLabelOptions {
  /** The names of the classes, in the order of the model's outputs; absent for a regression. */
  readonly labels?: readonly string[];
  /** @default one class of several where there are `labels`, else a regression */
  readonly problemType?: ProblemType;
}

/** The number of a class, 0 or 1 for each class, or the number of a regression. */
export type LabelValue = number | readonly number[];

/** A feature whose label may be unknown, as that of a text to classify is. */
export interface Labelled {
  readonly label?: LabelValue;
  readonly origin?: Origin;
}

/** Labels of texts as numbers, and as the tensor that heads take. */
export class TextLabels {
  readonly names: readonly string[];
  readonly problemType: ProblemType;
  readonly #ids: ReadonlyMap<string, number>;

  /** @throws {TenonError} when classes are wanted without names, or names given for a regression. */
  constructor({ labels, problemType }: TextLabelOptions) {
    this.problemType = problemType ?? (labels === undefined ? 'regression' : 'singleLabelClassification');
    this.names = labels ?? [];
    this.#ids = new Map(this.names.map((name, id) => [name, id]));
    const wanted = this.problemType !== 'regression';
    if (this.#ids.size === this.names.length && this.names.length > 0 === wanted) return;
    throw new TenonError({
      subject: 'labels',
      expected: wanted ? 'the names of the classes, each once' : 'none for a regression',
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
        return this.#idOf(label, origin);
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
   * regression; nothing where no feature has one.
   *
   * @throws {TenonError} when some have one and some do not.
   */
  tensor(features: readonly Labelled[]): Tensor | undefined {
    const values = features.flatMap(({ label }) => (label === undefined ? [] : [label]));
    if (values.length === 0) return undefined;
    if (values.length < features.length) {
      const without = features.find(({ label }) => label === undefined);
      throw new TenonError({
        subject: subjectOf(without?.origin, 'label'),
        expected: 'a label, as other examples of the batch have',
        got: 'none',
        advice: 'Label the example, or leave it out.',
      });
    }
    if (this.problemType === 'multiLabelClassification') {
      return tensor2d(values.flat(), [values.length, this.names.length], 'float32');
    }
    return tensor1d(values.flat(), this.problemType === 'regression' ? 'float32' : 'int32');
  }

  /** A class that a file has as a number is named by its digits. */
  #idOf(label: string | number, origin: Origin | undefined): number {
    const id = this.#ids.get(String(label));
    if (id !== undefined) return id;
    const known = `one of ${this.names.map((name) => JSON.stringify(name)).join(', ')}`;
    throw wrongLabel(origin, known, label, 'Correct the label, or add it to the labels.');
  }
}

function wrongLabel(origin: Origin | undefined, expected: string, got: unknown, advice: string): TenonError {
  return new TenonError({ subject: subjectOf(origin, 'label'), expected, got: JSON.stringify(got), advice });
}
