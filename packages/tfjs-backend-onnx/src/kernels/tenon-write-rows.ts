import { kernel, type LoweredKernel } from '../kernel.ts';
import { writable } from './donated.ts';

/**
 * cache [B, H, S, D], rows [B, H, T, D] -> the cache with the rows at [:, :, offset : offset + T, :]. The
 * cache is given away: it is written in place unless someone else holds it too.
 */
export const tenonWriteRows: LoweredKernel = kernel<{ offset: number }>(
  'TenonWriteRows',
  ({ inputs, attrs, backend }) => {
    const [cache, rows] = [inputs['cache']!, inputs['rows']!];
    const [batch, heads, slots, size] = cache.shape as [number, number, number, number];
    const count = rows.shape[2]!;
    if (attrs.offset < 0 || attrs.offset + count > slots) {
      throw new Error(
        `TenonWriteRows: expected rows ${attrs.offset} to ${attrs.offset + count} inside the cache's ${slots}, ` +
          `got cache [${cache.shape}], rows [${rows.shape}]. Make the cache as long as the longest sequence.`,
      );
    }
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
