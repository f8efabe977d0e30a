import { type Backbone, normal, RandomStream, TenonError, zeros } from '@tenon/core';
import { Linear } from '@tenon/layers';

/** What the options of every head have. */
export interface HeadOptions {
  /** Where the first weights are drawn from. @default new RandomStream(42, 1), so not what the model draws */
  readonly random?: RandomStream;
}

export interface DropoutHeadOptions extends HeadOptions {
  /** Share of what the classifier sees that is dropped when training. @default that of the model's headDefaults, else 0.1 */
  readonly dropout?: number;
}

export interface LabelledHeadOptions extends DropoutHeadOptions {
  /** The names of the classes by their numbers, or how many there are. */
  readonly labels: readonly string[] | number;
}

export const DROPOUT = 0.1;

/** [..., C] to [..., outputs], starting as the model's own layers do. */
export function projection(
  { hiddenSize, headDefaults }: Backbone,
  outputs: number,
  options: HeadOptions,
  bias = true,
): Linear {
  const { weight = normal(0.02) } = headDefaults ?? {};
  return new Linear(hiddenSize, outputs, { random: randomOf(options), weight, bias: bias && zeros });
}

export function randomOf({ random }: HeadOptions): RandomStream {
  return random ?? new RandomStream(42, 1);
}

/** @throws {TenonError} when there are none. */
export function labelsOf(head: string, labels: readonly string[] | number | undefined): readonly string[] {
  const names =
    typeof labels === 'number' ? Array.from({ length: labels }, (_, id) => `LABEL_${id}`) : (labels ?? []);
  if (names.length > 0) return names;
  throw new TenonError({
    subject: `${head} labels`,
    expected: 'the names of the classes or how many there are',
    got: labels === undefined ? 'none' : JSON.stringify(labels),
    advice: "Pass { labels: ['negative', 'positive'] } or { labels: 2 }.",
  });
}
