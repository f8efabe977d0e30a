import { slice_util, type Tensor } from '@tensorflow/tfjs-core';
import { changeable, record } from '../graph/recorder.ts';
import { sameShape } from '../graph/value.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

export const slice: LoweredKernel = kernel<{ begin: number | number[]; size: number | number[] }>(
  'Slice',
  ({ inputs, value, attrs, backend }) => {
    const x = value('x');
    // tfjs reads only the shape of what its types want to be a whole tensor.
    const tensor = inputs['x'] as Tensor;
    const [begin, size] = slice_util.parseSliceParams(tensor, attrs.begin, attrs.size) as [
      number[],
      number[],
    ];
    slice_util.assertParamsValid(tensor, begin, size);
    if (sameShape(size, x.shape)) return backend.alias(tensor);
    if (size.includes(0)) return undefined;
    const axes = [...x.shape.keys()].filter((axis) => size[axis] !== x.shape[axis]);
    const from = axes.map((axis) => begin[axis]!);
    const to = axes.map((axis) => begin[axis]! + size[axis]!);
    const output = { shape: size, type: x.type };
    // So batches are cut out of a data set, which begin elsewhere each time.
    const mayChange = x.storage && axes.length === 1 && axes[0] === 0 ? 'often' : 'seldom';
    const range = [changeable(from, 'int32', mayChange), changeable(to, 'int32', mayChange)];
    const along = { type: 'int32', dims: [axes.length], values: axes } as const;
    return record('Slice', [x, ...range, along], output);
  },
);
