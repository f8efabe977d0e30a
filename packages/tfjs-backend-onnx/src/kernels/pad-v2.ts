import { constant, integers, record } from '../graph/recorder.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

export const padV2: LoweredKernel = kernel<{ paddings: [number, number][]; constantValue: number }>(
  'PadV2',
  ({ value, attrs }) => {
    const x = value('x');
    const shape = x.shape.map((dim, axis) => attrs.paddings[axis]![0] + dim + attrs.paddings[axis]![1]);
    const pads = [...attrs.paddings.map(([before]) => before), ...attrs.paddings.map(([, after]) => after)];
    return record('Pad', [x, integers(pads), constant(attrs.constantValue, x.type)], { shape, type: x.type });
  },
);
