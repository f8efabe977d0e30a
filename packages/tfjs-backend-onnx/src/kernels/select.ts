import { where } from '../graph/operations.ts';
import { reshape } from '../graph/recorder.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

/** Picks from `t` or `e`; a condition of rank 1 picks whole rows. */
export const select: LoweredKernel = kernel('Select', ({ value }) => {
  const [condition, t, e] = [value('condition'), value('t'), value('e')];
  if (t.type !== e.type || condition.type !== 'bool') return undefined;
  const byRow = condition.shape.length === 1 && t.shape.length > 1;
  const shape = byRow ? [condition.shape[0]!, ...t.shape.slice(1).map(() => 1)] : condition.shape;
  return where(reshape(condition, shape), t, e);
});
