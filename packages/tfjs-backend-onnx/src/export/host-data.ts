import type { HostArray } from '../graph/value.ts';

// Tensors that JavaScript wrote with a size inside: what their numbers follow from, if it is one of the
// forms that models have.

/** The same number everywhere. */
interface Filled {
  readonly kind: 'filled';
  readonly value: number;
}

/** start + Σ step · index over the axes: position ids and the like. */
interface Ramp {
  readonly kind: 'ramp';
  readonly start: number;
  /** For each axis. */
  readonly steps: readonly number[];
}

/** One number where column > row + diagonal in the last two axes, another one elsewhere: causal masks. */
interface Triangle {
  readonly kind: 'triangle';
  readonly diagonal: number;
  readonly above: number;
  readonly below: number;
}

export type Pattern = Filled | Ramp | Triangle;

/** What the numbers of a tensor follow from, or null. */
export function patternOf(numbers: HostArray, shape: readonly number[]): Pattern | null {
  const value = numbers[0]!;
  if (numbers.every((number) => number === value)) return { kind: 'filled', value };
  return ramp(numbers, shape) ?? triangle(numbers, shape);
}

function ramp(numbers: HostArray, shape: readonly number[]): Ramp | null {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((size, dim) => size * dim, 1));
  const start = numbers[0]!;
  const steps = shape.map((dim, axis) => (dim > 1 ? numbers[strides[axis]!]! - start : 0));
  const fits = numbers.every((number, at) => {
    let expected = start;
    for (const [axis, dim] of shape.entries())
      expected += steps[axis]! * (Math.floor(at / strides[axis]!) % dim);
    return number === expected;
  });
  return fits ? { kind: 'ramp', start, steps } : null;
}

function triangle(numbers: HostArray, shape: readonly number[]): Triangle | null {
  const [rows, columns] = [shape.at(-2), shape.at(-1)];
  if (rows === undefined || columns === undefined) return null;
  const [above, below] = [numbers[columns - 1]!, numbers[(rows - 1) * columns]!];
  // Where the first row changes, or, where it is all `above`, the last one.
  const inFirst = countOf(below, numbers.subarray(0, columns));
  const inLast = countOf(below, numbers.subarray((rows - 1) * columns, rows * columns));
  const diagonal = inFirst > 0 ? inFirst - 1 : inLast - rows;
  const fits = numbers.every((number, at) => {
    const column = at % columns;
    const row = Math.floor(at / columns) % rows;
    return number === (column > row + diagonal ? above : below);
  });
  return fits ? { kind: 'triangle', diagonal, above, below } : null;
}

function countOf(number: number, among: HostArray): number {
  let count = 0;
  for (const one of among) if (one === number) count++;
  return count;
}
