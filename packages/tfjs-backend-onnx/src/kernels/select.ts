import { cast, where } from '../graph/operations.ts';
import { sameShape } from '../graph/value.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

export const select: LoweredKernel = kernel('Select', ({ value }) => {
  const [condition, t, e] = [value('condition'), value('t'), value('e')];
  if (condition.type !== 'bool' || t.type !== e.type || !sameShape(condition.shape, t.shape))
    return undefined;
  // ONNX Runtime cannot choose between booleans.
  if (t.type === 'bool') return cast(where(condition, cast(t, 'int32'), cast(e, 'int32')), 'bool');
  return where(condition, t, e);
});
