import { slice_util } from '@tensorflow/tfjs-core';
import { sliceSteps } from '../graph/operations.ts';
import { reshape } from '../graph/recorder.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

interface StridedSliceAttributes {
  readonly begin: number[];
  readonly end: number[];
  readonly strides: number[];
  readonly beginMask: number;
  readonly endMask: number;
  readonly ellipsisMask: number;
  readonly newAxisMask: number;
  readonly shrinkAxisMask: number;
}

export const stridedSlice: LoweredKernel = kernel<StridedSliceAttributes>(
  'StridedSlice',
  ({ value, attrs }) => {
    const x = value('x');
    const { begin, end, strides, finalShape } = slice_util.sliceInfo(
      [...x.shape],
      attrs.begin,
      attrs.end,
      attrs.strides,
      attrs.beginMask,
      attrs.endMask,
      attrs.ellipsisMask,
      attrs.newAxisMask,
      attrs.shrinkAxisMask,
    );
    const counts = slice_util.computeOutShape(begin, end, strides);
    if (counts.includes(0) || x.shape.length === 0) return undefined;
    return reshape(sliceSteps(x, [...x.shape.keys()], begin, counts, strides), finalShape);
  },
);
