import { matMul } from '../graph/mat-mul.ts';
import { add, unary } from '../graph/operations.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

interface FusedMatMulAttributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly activation: string;
}

const onnxActivation: Readonly<Record<string, string>> = { relu: 'Relu', sigmoid: 'Sigmoid' };

/** Product, bias and activation; ONNX Runtime makes a Gemm of the first two by itself. */
export const fusedMatMul: LoweredKernel = kernel<FusedMatMulAttributes>(
  '_FusedMatMul',
  ({ inputs, value, attrs }) => {
    const activation = attrs.activation ?? 'linear';
    if (activation !== 'linear' && !onnxActivation[activation]) return undefined;
    const [a, b] = [value('a'), value('b')];
    if (a.type !== 'float32' || b.type !== 'float32') return undefined;
    const product = matMul(a, b, attrs.transposeA, attrs.transposeB);
    const sum = inputs['bias'] ? add(product, value('bias')) : product;
    return activation === 'linear' ? sum : unary(onnxActivation[activation]!, sum);
  },
);
