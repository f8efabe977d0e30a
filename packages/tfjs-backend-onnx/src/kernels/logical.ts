import { binary, unary } from '../graph/operations.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

const onnxOperator = { LogicalAnd: 'And', LogicalOr: 'Or', LogicalXor: 'Xor' } as const;

export const logical: LoweredKernel[] = [
  ...Object.entries(onnxOperator).map(([name, operator]) =>
    kernel(name, ({ value }) => {
      const [a, b] = [value('a'), value('b')];
      return a.type === 'bool' && b.type === 'bool' ? binary(operator, a, b, 'bool') : undefined;
    }),
  ),
  kernel('LogicalNot', ({ value }) => {
    const x = value('x');
    return x.type === 'bool' ? unary('Not', x) : undefined;
  }),
];
