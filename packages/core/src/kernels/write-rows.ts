import { concat, slice, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import { assertShape } from '../errors.ts';
import { defineKernel } from '../named-kernel.ts';

const run = defineKernel<{ cache: Tensor; rows: Tensor }, { offset: number }>({
  name: 'TenonWriteRows',
  reference({ cache, rows }, { offset }) {
    const [batch, heads, slots, size] = cache.shape as [number, number, number, number];
    const end = offset + rows.shape[2]!;
    const before = slice(cache, [0, 0, 0, 0], [batch, heads, offset, size]);
    const after = slice(cache, [0, 0, end, 0], [batch, heads, slots - end, size]);
    return concat([before, rows, after], 2);
  },
});

/**
 * Writes `rows` [B, H, T, D] into a cache [B, H, S, D] at the slots `offset` to `offset + T` of the
 * third axis. A backend may do this in place.
 *
 * @throws {TenonError} when the other axes of the rows are not the cache's.
 */
export function writeRows(cache: Variable, rows: Tensor, offset: number): void {
  const [batch, heads, , size] = cache.shape as [number, number, number, number];
  assertShape(
    'rows',
    rows.shape,
    [batch, heads, 'T', size],
    'Only the third axis may differ from the cache.',
  );
  const [written] = run({ cache, rows }, { offset });
  cache.assign(written!);
  written!.dispose();
}
