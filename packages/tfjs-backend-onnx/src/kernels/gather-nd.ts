import { gather } from '../graph/operations.ts';
import { reshape } from '../graph/recorder.ts';
import { sizeOf } from '../graph/value.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';
import { areKnownOutside, rowNumbers } from './nd-indices.ts';

/** params [D1, ..., DR, ...S], indices int32 [..., R] -> [..., ...S]. */
export const gatherNd: LoweredKernel = kernel('GatherNd', ({ value }) => {
  const [params, indices] = [value('params'), value('indices')];
  const rank = indices.shape.at(-1) ?? 0;
  if (indices.type !== 'int32' || rank === 0 || rank > params.shape.length) return undefined;
  // cpu refuses what is known to be outside in tfjs' words.
  if (areKnownOutside(indices, params.shape)) return undefined;
  const rowShape = params.shape.slice(rank);
  const count = sizeOf(params.shape.slice(0, rank));
  const rows = gather(reshape(params, [count, sizeOf(rowShape)]), rowNumbers(indices, params.shape), 0);
  return reshape(rows, [...indices.shape.slice(0, -1), ...rowShape]);
});
