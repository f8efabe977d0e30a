import type { StateDict, ZeroLimits } from '@tenon/core';

/**
 * What a model may ask for whose weights these are said to be. Another size of the same model still passes, and is told
 * everything that does not fit; a damaged configuration does not fill the memory.
 */
export function limitsOf(weights: StateDict): ZeroLimits {
  let values = 0;
  for (const { shape } of weights.values()) values += shape.reduce((size, dimension) => size * dimension, 1);
  return { parameters: 1000 + 8 * weights.size, values: 2 ** 22 + 8 * values };
}
