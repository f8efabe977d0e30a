import { reduce } from '../graph/operations.ts';
import { reshape } from '../graph/recorder.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

/** x -> Σ x², a scalar. Row by row first: one sum of millions of numbers would lose the small ones. */
export const tenonSquaredNorm: LoweredKernel = kernel('TenonSquaredNorm', ({ value }) => {
  const x = value('x');
  const columns = x.shape.at(-1) ?? 1;
  const rows = reduce('ReduceSumSquare', reshape(x, [x.size / columns, columns]), [1], false);
  return reduce('ReduceSum', rows, [0], false);
});
