import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { TenonError } from './errors.ts';
import type { RandomKey } from './random.ts';

/**
 * A mask for inverted dropout (Srivastava et al. 2014): 0 with probability `rate`, else 1 / (1 − rate).
 * The same key gives the same mask on every backend.
 *
 * @throws {TenonError} when `rate` is not in [0, 1).
 */
export function dropoutMask(shape: readonly number[], rate: number, key: RandomKey): Tensor {
  if (!(rate >= 0 && rate < 1)) {
    throw new TenonError({
      subject: 'dropout rate',
      expected: 'a number in [0, 1)',
      got: String(rate),
      advice: 'Pass the share of values to drop, 0.1 for instance.',
    });
  }
  const bits = key.bits(shape.reduce((size, dimension) => size * dimension, 1));
  const threshold = rate * 2 ** 32;
  const kept = 1 / (1 - rate);
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = bits[i]! < threshold ? 0 : kept;
  return tensor(values, [...shape], 'float32');
}
