import { TenonError } from '@tenon/core';

/**
 * Sinusoids of positions (Vaswani et al. 2017, section 3.5), the sines first and then the cosines, as
 * Transformer-XL has them: row-major values of [positions, size].
 *
 * @throws {TenonError} when the size is odd.
 */
export function sinusoids(positions: ArrayLike<number>, size: number): Float32Array {
  if (size % 2 !== 0) {
    throw new TenonError({
      subject: 'size of sinusoidal positions',
      expected: 'an even number',
      got: String(size),
      advice: 'Half of it are sines, the other half cosines.',
    });
  }
  const values = new Float32Array(positions.length * size);
  const half = size / 2;
  for (let c = 0; c < half; c++) {
    const frequency = 10_000 ** (-c / half);
    for (let i = 0; i < positions.length; i++) {
      values[i * size + c] = Math.sin(positions[i]! * frequency);
      values[i * size + half + c] = Math.cos(positions[i]! * frequency);
    }
  }
  return values;
}
