import { changeable, record } from '../graph/recorder.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

export const clipByValue: LoweredKernel = kernel<{ clipValueMin: number; clipValueMax: number }>(
  'ClipByValue',
  ({ value, attrs }) => {
    const x = value('x');
    if (x.type !== 'float32') return undefined;
    const { clipValueMin, clipValueMax } = attrs;
    return record('Clip', [x, changeable(clipValueMin, 'float32'), changeable(clipValueMax, 'float32')], x);
  },
);
