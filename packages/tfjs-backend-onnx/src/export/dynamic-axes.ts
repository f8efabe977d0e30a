import type { Tensor } from '@tensorflow/tfjs-core';
import type { HostArray } from '../graph/value.ts';
import { type HostType, hostArray } from '../runtime/buffer-pool.ts';
import type { DynamicSize } from './formula.ts';

/** Names for axes whose size may differ from run to run: `{ input_ids: { 0: 'batch_size', 1: 'sequence_length' } }`, or only their numbers. */
export type DynamicAxes = Readonly<Record<string, Readonly<Record<number, string>> | readonly number[]>>;

/** An example input, read. */
export interface Example {
  readonly shape: readonly number[];
  readonly type: HostType;
  readonly numbers: HostArray;
}

/** The sizes to record with. */
export interface SizePlan {
  readonly sizes: readonly DynamicSize[];
  /** For each input, the dynamic size of each axis that has one. */
  readonly axes: ReadonlyMap<string, ReadonlyMap<number, DynamicSize>>;
  /** Whether the sizes may have a divisor in common, or are few. */
  readonly uniform: boolean;
  /** How often to record. */
  readonly recordings: number;
}

/** More than any formula has unknowns. */
const RECORDINGS = 6;
/** Two could be anything. */
const FEWEST_SIZES = 3;
/** Without dynamic axes: a second recording, on other numbers, shows what JavaScript made of them. */
const STATIC_RECORDINGS = 2;
/**
 * Orders of sizes: no two agree at any place, so that two axes never have one size, and none goes steadily up,
 * or a counter of calls would look like a size.
 */
const ORDERS: readonly (readonly number[])[] = [
  [2, 0, 5, 1, 4, 3],
  [1, 3, 0, 5, 2, 4],
  [0, 5, 4, 3, 1, 2],
];
const PLACES = [0, 1, 2, 3, 4, 5];
/** Odd and even ones that models seldom have for anything else. */
const UNCOMMON: readonly number[] = [11, 14, 17, 19, 21, 26];

/**
 * Ways to choose sizes, never 1, at which operations do less. First near the example, since a function may
 * have a longest sequence, then uncommon ones. Where the function takes neither: multiples of the example,
 * for parts of equal size, and few small ones.
 */
const CHOICES: readonly { readonly uniform: boolean; choose(example: number): readonly number[] }[] = [
  { uniform: false, choose: (example) => PLACES.map((i) => (example >= 8 ? example - i : 2 + i)) },
  { uniform: false, choose: () => UNCOMMON },
  { uniform: true, choose: (example) => PLACES.map((i) => Math.max(example, 2) * (i + 1)) },
  { uniform: true, choose: (example) => PLACES.map((i) => 2 + (i % Math.max(example - 1, 1))) },
];

/** The axes named, checked: for each input, each axis' name. */
export function inputAxes(
  dynamicAxes: DynamicAxes,
  examples: ReadonlyMap<string, Example>,
): ReadonlyMap<string, ReadonlyMap<number, string>> {
  const sizeOf = new Map<string, number>();
  return new Map(
    [...examples].map(([input, { shape }]) => {
      const names = axisNames(input, dynamicAxes[input] ?? [], shape.length);
      for (const [axis, name] of names) {
        const known = sizeOf.get(name);
        if (known !== undefined && known !== shape[axis]) {
          throw new Error(
            `exportOnnx: expected one size ${name} in the examples, got ${known} and ${shape[axis]} (axis ${axis} of ${input} [${shape}]). ` +
              'Give different axes different names.',
          );
        }
        sizeOf.set(name, shape[axis]!);
      }
      return [input, names] as const;
    }),
  );
}

/** What `dynamicAxes` says of one tensor. @throws where the tensor has no such axis */
export function axisNames(
  tensor: string,
  axes: DynamicAxes[string],
  rank: number,
): ReadonlyMap<number, string> {
  const named = Array.isArray(axes)
    ? axes.map((axis: number, i) => [axis, `${tensor}_dynamic_axes_${i + 1}`] as const)
    : Object.entries(axes).map(([axis, name]) => [Number(axis), String(name)] as const);
  return new Map(
    named.map(([axis, name]) => {
      if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
        throw new Error(
          `exportOnnx: expected dynamicAxes.${tensor} to name axes 0 to ${rank - 1}, got ${axis}.`,
        );
      }
      return [axis < 0 ? axis + rank : axis, name] as const;
    }),
  );
}

/** Plans to try one after the other; a single one where nothing is dynamic or the caller gives the sizes. */
export function sizePlans(
  axes: ReadonlyMap<string, ReadonlyMap<number, string>>,
  examples: ReadonlyMap<string, Example>,
  given: Readonly<Record<string, readonly number[]>>,
): SizePlan[] {
  const exampleSizes = new Map<string, number>();
  for (const [input, names] of axes)
    for (const [axis, name] of names) exampleSizes.set(name, examples.get(input)!.shape[axis]!);
  for (const [name, sizes] of Object.entries(given)) checkSizes(name, sizes, exampleSizes);
  const chosen = [...exampleSizes.keys()].every((name) => given[name]) ? CHOICES.slice(0, 1) : CHOICES;
  const plans = chosen.map(({ choose, uniform }) => {
    const sizes = new Map(
      [...exampleSizes].map(([name, example], index): [string, DynamicSize] => {
        const among = given[name] ?? choose(example);
        const order = ORDERS[index % ORDERS.length]!;
        const shift = Math.floor(index / ORDERS.length);
        const values = order.map((_, i) => among[order[(i + shift) % order.length]! % among.length]!);
        return [name, { name, values }];
      }),
    );
    return {
      sizes: [...sizes.values()],
      axes: new Map(
        [...axes].map(([input, names]) => [
          input,
          new Map([...names].map(([axis, name]) => [axis, sizes.get(name)!])),
        ]),
      ),
      uniform,
      recordings: sizes.size === 0 ? STATIC_RECORDINGS : RECORDINGS,
    };
  });
  return plans.filter(({ sizes }) => sizes.every(({ values }) => new Set(values).size >= FEWEST_SIZES));
}

/** The example's numbers repeated or cut to the sizes of a recording, and moved along: other numbers, but of the same kind. */
export function resized(
  example: Example,
  axes: ReadonlyMap<number, DynamicSize>,
  recording: number,
): Example {
  const shape = example.shape.map((dim, axis) => axes.get(axis)?.values[recording] ?? dim);
  const numbers = hostArray(
    example.type,
    shape.reduce((size, dim) => size * dim, 1),
  );
  for (let at = 0; at < numbers.length; at++) {
    let [rest, from, stride] = [at, 0, 1];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += ((rest % shape[axis]!) % example.shape[axis]!) * stride;
      rest = Math.floor(rest / shape[axis]!);
      stride *= example.shape[axis]!;
    }
    numbers[at] = example.numbers[(from + recording) % example.numbers.length]!;
  }
  return { shape, type: example.type, numbers };
}

export async function readExamples(
  inputs: Readonly<Record<string, Tensor>>,
): Promise<ReadonlyMap<string, Example>> {
  const examples = new Map<string, Example>();
  for (const [name, tensor] of Object.entries(inputs)) {
    const { dtype, shape } = tensor;
    if ((dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool') || tensor.size === 0) {
      throw new Error(
        `exportOnnx: expected example input ${name} to be a float32, int32 or bool tensor with elements, got ${dtype} [${shape}].`,
      );
    }
    // As typed by the dtype just checked.
    examples.set(name, { shape, type: dtype, numbers: (await tensor.data()) as HostArray });
  }
  return examples;
}

function checkSizes(name: string, sizes: readonly number[], known: ReadonlyMap<string, number>): void {
  const good =
    sizes.every((size) => Number.isInteger(size) && size > 1) && new Set(sizes).size >= FEWEST_SIZES;
  if (!known.has(name) || !good) {
    throw new Error(
      `exportOnnx: expected sizes to give at least three different whole numbers above 1 for one of ${[...known.keys()].join(', ') || 'no dynamic sizes'}, ` +
        `got ${name}: [${sizes}].`,
    );
  }
}
