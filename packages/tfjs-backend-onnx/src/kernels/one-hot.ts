import type { DataType } from '@tensorflow/tfjs-core';
import { binary, convert, where } from '../graph/operations.ts';
import { constant, record, reshape } from '../graph/recorder.ts';
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
  // In a row, since ONNX takes no scalar.
  const row = convert(reshape(counted, [indices.size]), 'int64');
  const output = { shape: [indices.size, depth], type: 'float32' } as const;
  const hot = record('OneHot', [row, constant(depth, 'int64'), values], output);
  return reshape(convert(hot, dtype ?? 'int32'), [...indices.shape, depth]);
});
