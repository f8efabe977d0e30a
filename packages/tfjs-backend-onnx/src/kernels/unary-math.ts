import { unary } from '../graph/operations.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

// Kernels that are one ONNX operator on float32 and agree with tfjs on NaN and infinities.
const onnxOperator = {
  Abs: 'Abs',
  Acos: 'Acos',
  Asin: 'Asin',
  Atan: 'Atan',
  Ceil: 'Ceil',
  Cos: 'Cos',
  Cosh: 'Cosh',
  Erf: 'Erf',
  Exp: 'Exp',
  Floor: 'Floor',
  Log: 'Log',
  Neg: 'Neg',
  Reciprocal: 'Reciprocal',
  Relu: 'Relu',
  Round: 'Round',
  Sigmoid: 'Sigmoid',
  Sin: 'Sin',
  Sinh: 'Sinh',
  Sqrt: 'Sqrt',
  Tan: 'Tan',
  Tanh: 'Tanh',
} as const;
const integerToo: readonly string[] = ['Abs', 'Neg'];

export const unaryMath: LoweredKernel[] = Object.entries(onnxOperator).map(([name, operator]) =>
  kernel(name, ({ value }) => {
    const x = value('x');
    const fits = x.type === 'float32' || (x.type === 'int32' && integerToo.includes(name));
    return fits ? unary(operator, x) : undefined;
  }),
);
