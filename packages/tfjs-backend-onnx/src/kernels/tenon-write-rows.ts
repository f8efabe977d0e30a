import { expand } from '../graph/operations.ts';
import { record } from '../graph/recorder.ts';
import { type LazyValue, leaf, newMemory } from '../graph/value.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';
import { writable } from './donated.ts';

/**
 * cache [B, H, S, D], rows [B, H, T, D] -> the cache with the rows at [:, :, offset : offset + T, :]. The
 * cache is given away: it is written in place unless someone else holds it too.
 */
export const tenonWriteRows: LoweredKernel = kernel<{ offset: number }>(
  'TenonWriteRows',
  ({ inputs, attrs, backend, value }) => {
    const [cache, rows] = [inputs['cache']!, inputs['rows']!];
    const [batch, heads, slots, size] = cache.shape as [number, number, number, number];
    const count = rows.shape[2]!;
    if (attrs.offset < 0 || attrs.offset + count > slots) {
      throw new Error(
        `TenonWriteRows: expected rows ${attrs.offset} to ${attrs.offset + count} inside the cache's ${slots}, ` +
          `got cache [${cache.shape}], rows [${rows.shape}]. Make the cache as long as the longest sequence.`,
      );
    }
    if (!backend.computesInHostMemory) return recordRows(value('cache'), value('rows'), attrs.offset);
    backend.flush();
    const from = backend.numbers(rows);
    const { numbers, tensor } = writable(cache, backend);
    for (let part = 0; part < batch * heads; part++) {
      const block = from.subarray(part * count * size, (part + 1) * count * size);
      numbers.set(block, (part * slots + attrs.offset) * size);
    }
    return tensor;
  },
);

/** Where the rows go is an input of the graph, so that one graph serves every offset. */
function recordRows(cache: LazyValue, rows: LazyValue, offset: number): LazyValue {
  const count = rows.shape[2]!;
  const slots = Int32Array.from({ length: count }, (_, row) => offset + row);
  const indices = expand(leaf([1, 1, count, 1], 'int32', newMemory(slots)), rows.shape);
  return record('ScatterElements', [cache, indices, rows], cache, { axis: 2 });
}
