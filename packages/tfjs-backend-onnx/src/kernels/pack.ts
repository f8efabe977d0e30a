import { concat } from '../graph/operations.ts';
import { reshape } from '../graph/recorder.ts';
import { type LazyValue, sameShape } from '../graph/value.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

export const pack: LoweredKernel = kernel<{ axis: number }>('Pack', ({ inputs, value, attrs }) => {
  const parts = Object.keys(inputs).map(value);
  const [first] = parts as [LazyValue];
  // What does not fit together the cpu kernel refuses.
  if (parts.some(({ type, shape }) => type !== first.type || !sameShape(shape, first.shape)))
    return undefined;
  const axis = attrs.axis < 0 ? attrs.axis + first.shape.length + 1 : attrs.axis;
  const stacked = parts.map((part) => reshape(part, part.shape.toSpliced(axis, 0, 1)));
  return stacked.length === 1 ? stacked[0] : concat(stacked, axis);
});
