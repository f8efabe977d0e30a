/**
 * Vectors in the plane in which they differ most: their two first principal components, by power iteration.
 *
 * @param vectors [N][C]
 * @returns [N][2]
 */
export function inPlane(vectors: readonly (readonly number[])[]): [number, number][] {
  const mean = meanOf(vectors);
  let rest = vectors.map((vector) => vector.map((value, i) => value - mean[i]!));
  const axes = [0, 1].map(() => {
    const axis = strongest(rest);
    const along = rest.map((vector) => dot(vector, axis));
    rest = rest.map((vector, n) => vector.map((value, i) => value - along[n]! * axis[i]!));
    return along;
  });
  return vectors.map((_, n) => [axes[0]![n]!, axes[1]![n]!]);
}

/** The direction, of length 1, along which the vectors are longest. */
function strongest(vectors: readonly (readonly number[])[]): number[] {
  // What starts with the longest of them is at right angles to the answer only where they are all 0.
  let axis = unit(
    vectors.reduce((longest, vector) => (dot(vector, vector) > dot(longest, longest) ? vector : longest)),
  );
  for (let turn = 0; turn < 200; turn++) {
    const pulls = vectors.map((vector) => dot(vector, axis));
    axis = unit(axis.map((_, i) => vectors.reduce((sum, vector, n) => sum + pulls[n]! * vector[i]!, 0)));
  }
  return axis;
}

/** @param vectors [N][C]; to [C]. */
function meanOf(vectors: readonly (readonly number[])[]): number[] {
  return vectors[0]!.map((_, i) => vectors.reduce((sum, vector) => sum + vector[i]!, 0) / vectors.length);
}

export function cosine(a: readonly number[], b: readonly number[]): number {
  return dot(unit(a), unit(b));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

function unit(vector: readonly number[]): number[] {
  const length = Math.sqrt(dot(vector, vector)) || 1;
  return vector.map((value) => value / length);
}
