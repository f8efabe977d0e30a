import type { RandomKey } from './random.ts';

/** Makes the first values of a parameter: `shape` in, row-major float32 values out. */
export type Initializer = (shape: readonly number[], random: RandomKey) => Float32Array;

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, dimension) => size * dimension, 1);

/** Each value changed in its place. */
function changed(values: Float32Array, change: (value: number) => number): Float32Array {
  for (let i = 0; i < values.length; i++) values[i] = change(values[i]!);
  return values;
}

export const zeros: Initializer = (shape) => new Float32Array(sizeOf(shape));

export const ones: Initializer = (shape) => new Float32Array(sizeOf(shape)).fill(1);

export function constant(value: number): Initializer {
  return (shape) => new Float32Array(sizeOf(shape)).fill(value);
}

/** N(0, `std`²): GPT and GPT-2 draw their weights with `std` 0.02. */
export function normal(std: number): Initializer {
  return (shape, random) => changed(random.normal(sizeOf(shape)), (value) => value * std);
}

/** U(−`bound`, `bound`). */
export function uniform(bound: number): Initializer {
  return (shape, random) => changed(random.uniform(sizeOf(shape)), (value) => (2 * value - 1) * bound);
}

/** Glorot and Bengio (2010): U(±√(6 / (fan in + fan out))) for a matrix `[in, out]` or `[out, in]`. */
export const xavierUniform: Initializer = (shape, random) => {
  const [rows = 1, columns = 1] = shape;
  return uniform(Math.sqrt(6 / (rows + columns)))(shape, random);
};

/**
 * N(0, `std`²) with values beyond two deviations drawn again, as the original BERT initialises.
 * The deviation of what comes out is about 0.88 `std`.
 */
export function truncatedNormal(std: number): Initializer {
  return (shape, random) => {
    const values = new Float32Array(sizeOf(shape));
    let filled = 0;
    // 4.6 % are redrawn: a little more than needed comes in one go, and the loop seldom runs twice.
    for (let drawn = Math.ceil(values.length * 1.1) + 16; filled < values.length; drawn *= 2) {
      filled = 0;
      for (const value of random.normal(drawn)) {
        if (Math.abs(value) <= 2 && filled < values.length) values[filled++] = value * std;
      }
    }
    return values;
  };
}
