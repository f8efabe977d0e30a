import { matMul } from '../graph/mat-mul.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

/** [..., M, K] × [..., K, N] -> [..., M, N]; leading axes broadcast. */
export const batchMatMul: LoweredKernel = kernel<{ transposeA: boolean; transposeB: boolean }>(
  'BatchMatMul',
  ({ value, attrs }) => {
    const [a, b] = [value('a'), value('b')];
    if (a.type !== 'float32' || b.type !== 'float32') return undefined;
    return matMul(a, b, attrs.transposeA, attrs.transposeB);
  },
);
