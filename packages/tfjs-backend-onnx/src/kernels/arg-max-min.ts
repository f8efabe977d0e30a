import { cast, unary, where } from '../graph/operations.ts';
import { integers, record, reshape } from '../graph/recorder.ts';
import type { LazyValue } from '../graph/value.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';
import { reducedAxes } from './reductions.ts';

export const argMaxMin: LoweredKernel[] = (['ArgMax', 'ArgMin'] as const).map((name) =>
  kernel<{ axis: number }>(name, ({ value, attrs }) => {
    const x = value('x');
    if (x.type === 'bool') return undefined;
    const axis = reducedAxes(x, { ...attrs, keepDims: false })[0]!;
    const output = { shape: x.shape.toSpliced(axis, 1), type: 'int64' } as const;
    const place = (from: LazyValue): LazyValue =>
      cast(record(name, [from], output, { axis, keepdims: 0 }), 'int32');
    if (x.type !== 'float32') return place(x);

    // In tfjs every comparison with NaN is false: it is passed over, and kept where it stands first.
    const first = record('Slice', [x, integers([0]), integers([1]), integers([axis])], {
      shape: x.shape.with(axis, 1),
      type: x.type,
    });
    const numbers = where(unary('IsNaN', x, 'bool'), name === 'ArgMax' ? -Infinity : Infinity, x);
    return where(reshape(unary('IsNaN', first, 'bool'), output.shape), 0, place(numbers));
  }),
);
