import { backend_util } from '@tensorflow/tfjs-core';
import { pad, sliceSteps, transpose } from '../graph/operations.ts';
import { reshape } from '../graph/recorder.ts';
import { sizeOf } from '../graph/value.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';
import type { DataFormat } from './image.ts';

const batchToSpace = kernel<{ blockShape: number[]; crops: number[][] }>(
  'BatchToSpaceND',
  ({ value, attrs }) => {
    const x = value('x');
    const { blockShape, crops } = attrs;
    const count = sizeOf(blockShape);
    const reshaped = backend_util.getReshaped([...x.shape], blockShape, count);
    const permutation = backend_util.getPermuted(reshaped.length, blockShape.length);
    const shape = backend_util.getReshapedPermuted([...x.shape], blockShape, count);
    const from = crops.map(([before]) => before!);
    const counts = crops.map(([before, after], i) => shape[i + 1]! - before! - after!);
    if (counts.some((length) => length <= 0)) return undefined;
    const whole = reshape(transpose(reshape(x, reshaped), permutation), shape);
    const [axes, ones] = [crops.map((_, i) => i + 1), crops.map(() => 1)];
    return sliceSteps(whole, axes, from, counts, ones);
  },
);

const spaceToBatch = kernel<{ blockShape: number[]; paddings: [number, number][] }>(
  'SpaceToBatchND',
  ({ value, attrs }) => {
    const x = value('x');
    const { blockShape, paddings } = attrs;
    const count = sizeOf(blockShape);
    const side = (end: 0 | 1): number[] =>
      x.shape.map((_, axis) => (axis === 0 ? 0 : (paddings[axis - 1]?.[end] ?? 0)));
    const padded = pad(x, side(0), side(1));
    const reshaped = backend_util.getReshaped([...padded.shape], blockShape, count, false);
    const permutation = backend_util.getPermuted(reshaped.length, blockShape.length, false);
    const shape = backend_util.getReshapedPermuted([...padded.shape], blockShape, count, false);
    return reshape(transpose(reshape(padded, reshaped), permutation), shape);
  },
);

const depthToSpace = kernel<{ blockSize: number; dataFormat: DataFormat }>(
  'DepthToSpace',
  ({ value, attrs }) => {
    const x = value('x');
    if (attrs.dataFormat !== 'NHWC') return undefined;
    const [images, height, width, channels] = x.shape as [number, number, number, number];
    const block = attrs.blockSize;
    const each = channels / block ** 2;
    const apart = transpose(reshape(x, [images, height, width, block, block, each]), [0, 1, 3, 2, 4, 5]);
    return reshape(apart, [images, height * block, width * block, each]);
  },
);

/** Kernels that move blocks of a plane into the batch or the channels, and back. */
export const spaceBatch: LoweredKernel[] = [batchToSpace, spaceToBatch, depthToSpace];
