import { util } from '@tensorflow/tfjs-core';
import { constant, record } from '../graph/recorder.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

interface CumsumAttributes {
  readonly axis: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

export const cumsum: LoweredKernel = kernel<CumsumAttributes>('Cumsum', ({ value, attrs }) => {
  const x = value('x');
  if (x.type === 'bool' || x.shape.length === 0) return undefined;
  const axis = util.parseAxisParam(attrs.axis, [...x.shape])[0]!;
  return record('CumSum', [x, constant(axis, 'int64')], x, {
    exclusive: attrs.exclusive ? 1 : 0,
    reverse: attrs.reverse ? 1 : 0,
  });
});
