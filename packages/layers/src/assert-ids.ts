import { lookAt, TenonError } from '@tenon/core';
import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * Checks that ids are whole numbers in [0, `limit`). It reads them, which costs nothing for ids that came
 * from the host, as tokens do; in a step that is recorded once and replayed, at every replay.
 *
 * @throws {TenonError} naming the first id that is outside and its place.
 */
export function assertIds(subject: string, ids: Tensor, limit: number, advice: string): void {
  const expected = `int32 numbers in [0, ${limit})`;
  if (ids.dtype !== 'int32')
    throw new TenonError({
      subject,
      expected,
      got: `dtype ${ids.dtype}`,
      advice: "Make the tensor with 'int32'.",
    });
  const shape = [...ids.shape];
  lookAt(ids, (values) => {
    const index = Array.prototype.findIndex.call(values, (id: number) => id < 0 || id >= limit);
    if (index < 0) return;
    const place: number[] = [];
    let rest = index;
    for (const dimension of shape.toReversed()) {
      place.unshift(rest % dimension);
      rest = Math.floor(rest / dimension);
    }
    throw new TenonError({ subject, expected, got: `${values[index]} at [${place.join(', ')}]`, advice });
  });
}
