import { binary, unary, where } from '../graph/operations.ts';
import { constant, record } from '../graph/recorder.ts';
import type { LazyValue } from '../graph/value.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';
import { leakyRelu } from './leaky-relu.ts';

const activation = (
  name: string,
  apply: (x: LazyValue, attrs: { alpha?: number }) => LazyValue,
): LoweredKernel =>
  kernel<{ alpha?: number }>(name, ({ value, attrs }) => {
    const x = value('x');
    return x.type === 'float32' ? apply(x, attrs) : undefined;
  });

/** Activations that take more than the operator's name. */
export const activations: LoweredKernel[] = [
  activation('LeakyRelu', (x, { alpha }) => leakyRelu(x, alpha)),
  activation('Elu', (x) =>
    where(binary('GreaterOrEqual', x, 0, 'bool'), x, binary('Sub', unary('Exp', x), 1)),
  ),
  activation('Relu6', (x) => record('Clip', [x, constant(0), constant(6)], x)),
];
