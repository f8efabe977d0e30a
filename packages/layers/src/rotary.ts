// B batch, H heads, T tokens, D head size.
import { TenonError } from '@tenon/core';
import { add, concat, mul, neg, split, type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';

/** Cosines and sines of the angles that positions are turned by, [B or 1, 1, T, D]. */
export interface Rotation {
  readonly cosines: Tensor4D;
  readonly sines: Tensor4D;
}

/** D / 2 frequencies θ^(−2i / D), in radians a position (Su et al. 2021, section 3.2.2). */
export function rotaryFrequencies(headSize: number, theta: number): number[] {
  if (headSize % 2 !== 0) {
    throw new TenonError({
      subject: 'head size with rotary positions',
      expected: 'an even number',
      got: String(headSize),
      advice: 'Its values are turned in pairs.',
    });
  }
  return Array.from({ length: headSize / 2 }, (_, i) => theta ** ((-2 * i) / headSize));
}

/**
 * The rotation of each position.
 *
 * @param positions of T tokens, the same for all texts, or of B·T.
 * @param frequencies D / 2 of them.
 */
export function rotation(
  positions: ArrayLike<number>,
  time: number,
  frequencies: readonly number[],
): Rotation {
  const half = frequencies.length;
  const table = (of: (angle: number) => number): Tensor4D => {
    const values = new Float32Array(positions.length * 2 * half);
    for (let row = 0; row < positions.length; row++) {
      for (let i = 0; i < half; i++) {
        const value = of(positions[row]! * frequencies[i]!);
        values[row * 2 * half + i] = value;
        values[row * 2 * half + half + i] = value;
      }
    }
    return tensor4d(values, [positions.length / time, 1, time, 2 * half]);
  };
  return { cosines: table(Math.cos), sines: table(Math.sin) };
}

/**
 * Turns the pairs (i, i + D/2) of each head's values by the angles of their positions, so that products of queries
 * and keys depend on distances alone (Su et al. 2021, equation 34, with the pairs as Hugging Face lays them).
 *
 * @param x [B, H, T, D]
 */
export function rotate(x: Tensor4D, { cosines, sines }: Rotation): Tensor4D {
  const [first, second] = split<Tensor4D>(x, 2, 3);
  const turned = concat([neg(second!), first!], 3);
  return add(mul(x, cosines), mul(turned, sines));
}
