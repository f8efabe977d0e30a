import { TenonError } from '@tenon/core';
import { randomFor, shuffle } from './batch-order.ts';

export interface SplitExamplesOptions<Example> {
  /** The share of examples that is kept for validation. @default 0 */
  readonly validation?: number;
  /** The share that is kept for the last test. @default 0 */
  readonly test?: number;
  /** @default 42 */
  readonly seed?: number;
  /** Examples of the same group, as of the same class, are shared out in the same proportions. */
  readonly stratify?: (example: Example) => unknown;
}

/** Examples in parts that share nothing, each in the order in which they were. */
export interface SplitExamples<Example> {
  readonly train: readonly Example[];
  readonly validation: readonly Example[];
  readonly test: readonly Example[];
}

/**
 * Splits examples at random.
 *
 * @throws {TenonError} when the shares leave nothing to train on, or a part that was asked for would be empty.
 * @example
 * ```ts
 * import { splitExamples } from '@tenon/data';
 *
 * const examples = Array.from({ length: 10 }, (_, i) => ({ text: `text ${i}`, label: i % 2 ? 'odd' : 'even' }));
 * const { train, validation } = splitExamples(examples, { validation: 0.2, stratify: ({ label }) => label });
 * console.log(train.length, validation.map(({ label }) => label).sort()); // 8 [ 'even', 'odd' ]
 * ```
 */
export function splitExamples<Example>(
  examples: readonly Example[],
  { validation = 0, test = 0, seed = 42, stratify = () => undefined }: SplitExamplesOptions<Example>,
): SplitExamples<Example> {
  if (!(validation >= 0 && test >= 0 && validation + test > 0 && validation + test < 1)) {
    throw new TenonError({
      subject: 'splitExamples: validation and test',
      expected: 'shares of which one is above 0, and together below 1',
      got: `${validation} and ${test}`,
      advice: 'Pass validation: 0.1 to keep a tenth.',
    });
  }
  const groups = new Map<unknown, number[]>();
  const order = Array.from(examples, (_, index) => index);
  shuffle(order, randomFor('split', seed, 0, 0).next());
  for (const index of order) {
    const group = stratify(examples[index]!);
    const members = groups.get(group);
    if (members === undefined) groups.set(group, [index]);
    else members.push(index);
  }
  const held = everyFew([...groups.values()].flat(), validation + test);
  const kept = everyFew(held.taken, validation / (validation + test));
  const part = (indices: readonly number[]): Example[] =>
    indices.toSorted((a, b) => a - b).map((index) => examples[index]!);
  const parts = { train: part(held.left), validation: part(kept.taken), test: part(kept.left) };
  const wanted = { train: true, validation: validation > 0, test: test > 0 };
  for (const name of ['train', 'validation', 'test'] as const) {
    if (wanted[name] && parts[name].length === 0) {
      throw new TenonError({
        subject: 'splitExamples',
        expected: `enough examples for a part of ${name}`,
        got: String(examples.length),
        advice: 'Pass more examples, or larger shares.',
      });
    }
  }
  return parts;
}

/** A share of a list, drawn evenly from its beginning to its end: from each group as much as it is of the whole. */
function everyFew(list: readonly number[], share: number): { taken: number[]; left: number[] } {
  const taken: number[] = [];
  const left: number[] = [];
  // A little more than the product: 0.29 of 100 is 28.999999999999996 in floating point.
  const due = (count: number): number => Math.floor(count * share + 1e-9);
  list.forEach((item, i) => {
    (due(i + 1) > due(i) ? taken : left).push(item);
  });
  return { taken, left };
}
