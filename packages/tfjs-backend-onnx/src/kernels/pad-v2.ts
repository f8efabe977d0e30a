import { pad } from '../graph/operations.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

export const padV2: LoweredKernel = kernel<{ paddings: [number, number][]; constantValue: number }>(
  'PadV2',
  ({ value, attrs }) => {
    const [before, after] = [
      attrs.paddings.map(([count]) => count),
      attrs.paddings.map(([, count]) => count),
    ];
    return pad(value('x'), before, after, attrs.constantValue);
  },
);
