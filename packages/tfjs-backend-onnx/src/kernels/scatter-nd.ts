import { backend_util } from '@tensorflow/tfjs-core';
import { scatterRows } from '../graph/operations.ts';
import { reshape } from '../graph/recorder.ts';
import { sizeOf } from '../graph/value.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';
import { areKnownOutside, rowNumbers } from './nd-indices.ts';

/** indices int32 [..., R], updates [..., ...S] -> zeros [D1, ..., DR, ...S] with each update added at its indices. */
export const scatterNd: LoweredKernel = kernel<{ shape: number[] }>(
  'ScatterNd',
  ({ inputs, value, attrs }) => {
    const { shape } = attrs;
    const { sliceRank, sliceSize, numUpdates } = backend_util.calculateShapes(
      inputs['updates']!,
      inputs['indices']!,
      shape,
    );
    if (sliceRank === 0) return undefined;
    const updates = value('updates');
    // A row of them has one coordinate each.
    const indices = reshape(value('indices'), [numUpdates, sliceRank]);
    if (indices.type !== 'int32' || updates.type === 'bool') return undefined;
    // cpu refuses what is known to be outside in tfjs' words.
    if (sizeOf(shape) === 0 || areKnownOutside(indices, shape)) return undefined;
    const rows = reshape(updates, [numUpdates, sliceSize]);
    // In the graph, where ONNX Runtime refuses a row that is not there.
    const sums = scatterRows(rows, rowNumbers(indices, shape), sizeOf(shape) / sliceSize, false);
    return reshape(sums, shape);
  },
);
