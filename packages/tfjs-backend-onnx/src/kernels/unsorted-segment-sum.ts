import { binary, scatterRows, where } from '../graph/operations.ts';
import { reshape } from '../graph/recorder.ts';
import { sizeOf } from '../graph/value.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

/** Sums rows by their segment; rows whose segment is not among the `numSegments` are left out. */
export const unsortedSegmentSum: LoweredKernel = kernel<{ numSegments: number }>(
  'UnsortedSegmentSum',
  ({ value, attrs }) => {
    const [x, ids] = [value('x'), value('segmentIds')];
    if (x.type !== 'float32' || ids.type !== 'int32' || attrs.numSegments === 0) return undefined;
    const [count, rowShape] = [sizeOf(ids.shape), x.shape.slice(ids.shape.length)];
    const inside = binary(
      'And',
      binary('GreaterOrEqual', ids, 0, 'bool'),
      binary('Less', ids, attrs.numSegments, 'bool'),
    );
    const counted = reshape(inside, [count, 1]);
    const rows = where(counted, reshape(x, [count, sizeOf(rowShape)]), 0);
    const targets = reshape(where(counted, reshape(ids, [count, 1]), 0), [count]);
    const sums = scatterRows(rows, targets, attrs.numSegments, false);
    return reshape(sums, [attrs.numSegments, ...rowShape]);
  },
);
