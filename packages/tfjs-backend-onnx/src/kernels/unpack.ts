import { split } from '../graph/operations.ts';
import { reshape } from '../graph/recorder.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

export const unpack: LoweredKernel = kernel<{ axis: number }>('Unpack', ({ value, attrs }) => {
  const x = value('value');
  const axis = attrs.axis < 0 ? attrs.axis + x.shape.length : attrs.axis;
  const shape = x.shape.toSpliced(axis, 1);
  const parts = split(x, new Array<number>(x.shape[axis]!).fill(1), axis);
  return parts.map((part) => reshape(part, shape));
});
