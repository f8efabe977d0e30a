import { reduce } from '../graph/operations.ts';
import { reshape } from '../graph/recorder.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

/** Long enough for vector units, short enough not to lose small numbers in a large sum. */
const LONGEST_ROW = 4096;

/** x -> Σ x², a scalar; summed in rows first, so that it stays exact and runs on all cores. */
export const tenonSquaredNorm: LoweredKernel = kernel('TenonSquaredNorm', ({ value }) => {
  const x = value('x');
  const powerOfTwo = Math.min(x.size & -x.size, LONGEST_ROW);
  const columns = powerOfTwo >= 64 ? powerOfTwo : (x.shape.at(-1) ?? 1);
  const rows = reduce('ReduceSumSquare', reshape(x, [x.size / columns, columns]), [1], false);
  return reduce('ReduceSum', rows, [0], false);
});
