import { cast, reduce } from '../graph/operations.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';
import { reducedAxes } from './reductions.ts';

interface AllAttributes {
  readonly axis: number | number[];
  readonly keepDims: boolean;
}

export const allAny: LoweredKernel[] = (['All', 'Any'] as const).map((name) =>
  kernel<AllAttributes>(name, ({ value, attrs }) => {
    const x = value('x');
    if (x.type !== 'bool') return undefined;
    const reduction = name === 'All' ? 'ReduceMin' : 'ReduceMax';
    return cast(reduce(reduction, cast(x, 'int32'), reducedAxes(x, attrs), attrs.keepDims), 'bool');
  }),
);
