import type { DataType } from '@tensorflow/tfjs-core';
import { binary, cast, where } from '../graph/operations.ts';
import { constant, record } from '../graph/recorder.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

interface OneHotAttributes {
  readonly depth: number;
  readonly onValue: number;
  readonly offValue: number;
  readonly dtype: DataType;
}

export const oneHot: LoweredKernel = kernel<OneHotAttributes>('OneHot', ({ value, attrs }) => {
  const indices = value('indices');
  const { depth, onValue, offValue, dtype } = attrs;
  if (dtype === 'string' || dtype === 'complex64' || depth === 0) return undefined;
  // ONNX counts negative indices from the end; in tfjs they are nowhere.
  const counted = where(binary('Less', indices, 0, 'bool'), depth, indices);
  const values = { type: 'float32', dims: [2], values: [offValue, onValue] } as const;
  const shape = [...indices.shape, depth];
  const hot = record('OneHot', [cast(counted, 'int64'), constant(depth, 'int64'), values], {
    shape,
    type: 'float32',
  });
  return cast(hot, dtype ?? 'int32');
});
