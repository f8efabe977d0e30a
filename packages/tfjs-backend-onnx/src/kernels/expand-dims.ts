import { dataKernel, type LoweredKernel } from '../kernel.ts';

export const expandDims: LoweredKernel = dataKernel<{ dim: number }>(
  'ExpandDims',
  ({ inputs, attrs, backend }) => {
    const x = inputs['input']!;
    const at = attrs.dim < 0 ? x.shape.length + attrs.dim + 1 : attrs.dim;
    return backend.alias(x, x.shape.toSpliced(at, 0, 1));
  },
);
