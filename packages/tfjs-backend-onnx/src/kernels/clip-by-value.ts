import { constant, record } from '../graph/recorder.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

export const clipByValue: LoweredKernel = kernel<{ clipValueMin: number; clipValueMax: number }>(
  'ClipByValue',
  ({ value, attrs }) => {
    const x = value('x');
    if (x.type !== 'float32') return undefined;
    return record('Clip', [x, constant(attrs.clipValueMin), constant(attrs.clipValueMax)], x);
  },
);
