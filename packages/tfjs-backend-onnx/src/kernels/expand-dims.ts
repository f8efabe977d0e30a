import { dataKernel, type LoweredKernel } from '../kernel.ts';

export const expandDims: LoweredKernel = dataKernel<{ dim: number }>(
  'ExpandDims',
  ({ inputs, attrs, backend }) => {
    const x = inputs['input']!;
    const rank = x.shape.length;
    const at = attrs.dim < 0 ? rank + attrs.dim + 1 : attrs.dim;
    if (at < 0 || at > rank) {
      throw new Error(
        `expandDims of [${x.shape}]: expected an axis in [${-rank - 1}, ${rank}], got ${attrs.dim}.`,
      );
    }
    return backend.alias(x, x.shape.toSpliced(at, 0, 1));
  },
);
