import { cast } from '../graph/operations.ts';
import { record } from '../graph/recorder.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';
import { reducedAxes } from './reductions.ts';

export const argMaxMin: LoweredKernel[] = (['ArgMax', 'ArgMin'] as const).map((name) =>
  kernel<{ axis: number }>(name, ({ value, attrs }) => {
    const x = value('x');
    if (x.type === 'bool') return undefined;
    const axis = reducedAxes(x, { ...attrs, keepDims: false })[0]!;
    const output = { shape: x.shape.toSpliced(axis, 1), type: 'int64' } as const;
    return cast(record(name, [x], output, { axis, keepdims: 0 }), 'int32');
  }),
);
