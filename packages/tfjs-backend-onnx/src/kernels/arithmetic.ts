import { binary } from '../graph/operations.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

// Kernels that are one ONNX operator on two operands of one type. Integer division and powers differ
// between tfjs and ONNX and are left to the fallback.
const onnxOperator = {
  Add: 'Add',
  AddV2: 'Add',
  Sub: 'Sub',
  Multiply: 'Mul',
  RealDiv: 'Div',
  Pow: 'Pow',
} as const;
const extremes = { Maximum: 'Max', Minimum: 'Min' } as const;
const floatOnly: readonly string[] = ['RealDiv', 'Pow'];

export const arithmetic: LoweredKernel[] = Object.entries({ ...onnxOperator, ...extremes }).map(
  ([name, operator]) =>
    kernel(name, ({ value }) => {
      const [a, b] = [value('a'), value('b')];
      if (a.type === 'bool' || a.type !== b.type) return undefined;
      if (floatOnly.includes(name) && a.type !== 'float32') return undefined;
      return binary(operator, a, b);
    }),
);
