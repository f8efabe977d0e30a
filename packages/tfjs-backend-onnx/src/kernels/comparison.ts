import { binary, unary } from '../graph/operations.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

const onnxOperator = {
  Equal: 'Equal',
  Greater: 'Greater',
  GreaterEqual: 'GreaterOrEqual',
  Less: 'Less',
  LessEqual: 'LessOrEqual',
} as const;

export const comparison: LoweredKernel[] = [
  ...Object.entries(onnxOperator).map(([name, operator]) =>
    kernel(name, ({ value }) => {
      const [a, b] = [value('a'), value('b')];
      // ONNX orders numbers only.
      if (a.type !== b.type || (a.type === 'bool' && name !== 'Equal')) return undefined;
      return binary(operator, a, b, 'bool');
    }),
  ),
  kernel('NotEqual', ({ value }) => {
    const [a, b] = [value('a'), value('b')];
    return a.type === b.type ? unary('Not', binary('Equal', a, b, 'bool')) : undefined;
  }),
];
