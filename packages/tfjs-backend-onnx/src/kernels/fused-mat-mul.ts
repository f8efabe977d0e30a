import { matMul } from '../graph/mat-mul.ts';
import { add } from '../graph/operations.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';
import { activated, type FusedActivationAttributes } from './fused-activation.ts';

interface FusedMatMulAttributes extends FusedActivationAttributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Product, bias and activation; ONNX Runtime makes a Gemm of the first two by itself. */
export const fusedMatMul: LoweredKernel = kernel<FusedMatMulAttributes>(
  '_FusedMatMul',
  ({ inputs, value, attrs }) => {
    const [a, b] = [value('a'), value('b')];
    if (a.type !== 'float32' || b.type !== 'float32') return undefined;
    const product = matMul(a, b, attrs.transposeA, attrs.transposeB);
    const sum = inputs['bias'] ? add(product, value('bias')) : product;
    return activated(sum, attrs, inputs['preluActivationWeights'] ? value('preluActivationWeights') : null);
  },
);
