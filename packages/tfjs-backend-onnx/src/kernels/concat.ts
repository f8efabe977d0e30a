import { backend_util, util } from '@tensorflow/tfjs-core';
import { concat as concatValues } from '../graph/operations.ts';
import { dataKernel, type LoweredKernel } from '../kernel.ts';

export const concat: LoweredKernel = dataKernel<{ axis: number }>(
  'Concat',
  ({ inputs, value, attrs, backend }) => {
    const all = Object.values(inputs);
    const axis = util.parseAxisParam(attrs.axis, all[0]!.shape)[0]!;
    backend_util.assertParamsConsistent(
      all.map(({ shape }) => shape),
      axis,
    );
    const names = Object.keys(inputs).filter((name) => !inputs[name]!.shape.includes(0));
    const { dtype } = all[0]!;
    const mixed = all.some((part) => part.dtype !== dtype);
    if (names.length === 0 || mixed || dtype === 'string' || dtype === 'complex64') return undefined;
    if (names.length === 1) return backend.alias(inputs[names[0]!]!);
    return concatValues(names.map(value), axis);
  },
);
