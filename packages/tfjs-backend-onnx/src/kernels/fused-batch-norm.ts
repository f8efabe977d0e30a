import { add, div, mul, sub, unary } from '../graph/operations.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

/** (x − mean)·scale / √(variance + ε) + offset, all of which broadcast to x. */
export const fusedBatchNorm: LoweredKernel = kernel<{ varianceEpsilon: number }>(
  'FusedBatchNorm',
  ({ inputs, value, attrs }) => {
    const x = value('x');
    if (x.type !== 'float32') return undefined;
    const deviation = unary('Sqrt', add(value('variance'), attrs.varianceEpsilon));
    const factor = inputs['scale'] ? div(value('scale'), deviation) : unary('Reciprocal', deviation);
    const scaled = mul(sub(x, value('mean')), factor);
    return inputs['offset'] ? add(scaled, value('offset')) : scaled;
  },
);
