import { backend_util } from '@tensorflow/tfjs-core';
import { filled } from '../graph/operations.ts';
import { record, recordAll, reshape } from '../graph/recorder.ts';
import { type LazyValue, sameShape } from '../graph/value.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';
import type { ConvolutionAttributes } from './convolution.ts';
import { fromChannelsFirst, toChannelsFirst } from './image.ts';
import { poolWindowOf, type Window } from './window.ts';

interface PoolAttributes extends Pick<ConvolutionAttributes, 'strides' | 'pad' | 'dimRoundingMode'> {
  readonly filterSize: number | [number, number];
}

function poolOf(image: readonly number[], attrs: PoolAttributes): backend_util.Conv2DInfo {
  return backend_util.computePool2DInfo(
    image as [number, number, number, number],
    attrs.filterSize,
    attrs.strides,
    1,
    attrs.pad,
    attrs.dimRoundingMode,
  );
}

function pooledShape(info: backend_util.Conv2DInfo): number[] {
  return [info.batchSize, info.inChannels, info.outHeight, info.outWidth];
}

/** x [N, C, H, W] -> the largest number under each window [N, C, H', W'], and where in x it stands. */
function maxPooled(
  x: LazyValue,
  info: backend_util.Conv2DInfo,
  window: Window,
): readonly [LazyValue, LazyValue] {
  const shape = pooledShape(info);
  const outputs = [
    { shape, type: 'float32' },
    { shape, type: 'int64' },
  ] as const;
  const [largest, where] = recordAll('MaxPool', [x], outputs, window.attributes);
  return [largest!, where!];
}

/** x [N, H, W, C] -> [N, H', W', C]. */
const maxPool = kernel<PoolAttributes>('MaxPool', ({ value, attrs }) => {
  const x = value('x');
  const info = poolOf(x.shape, attrs);
  const window = poolWindowOf(info);
  if (x.type !== 'float32' || !window) return undefined;
  return fromChannelsFirst(maxPooled(toChannelsFirst(x), info, window)[0]);
});

/** Every dy goes to the place that its largest number came from, the first of equals. */
const maxPoolGrad = kernel<PoolAttributes>('MaxPoolGrad', ({ value, attrs }) => {
  const [x, dy] = [toChannelsFirst(value('input')), toChannelsFirst(value('dy'))];
  const info = poolOf(value('input').shape, attrs);
  const window = poolWindowOf(info);
  const fits = window && sameShape(value('dy').shape, info.outShape);
  if (x.type !== 'float32' || dy.type !== 'float32' || !fits) return undefined;
  const [, where] = maxPooled(x, info, window);
  const overlap = info.strideHeight < info.filterHeight || info.strideWidth < info.filterWidth;
  return fromChannelsFirst(overlap ? addedUp(dy, where, x) : unpooled(dy, where, x, window));
});

function addedUp(dy: LazyValue, where: LazyValue, x: LazyValue): LazyValue {
  const sums = record(
    'ScatterElements',
    [filled(0, [x.size], 'float32'), reshape(where, [dy.size]), reshape(dy, [dy.size])],
    { shape: [x.size], type: 'float32' },
    { axis: 0, reduction: 'add' },
  );
  return reshape(sums, x.shape);
}

/** Where no number is the largest of two windows nothing needs to be added up. */
function unpooled(dy: LazyValue, where: LazyValue, x: LazyValue, window: Window): LazyValue {
  const { kernel_shape, strides, pads } = window.attributes;
  const shape = { type: 'int64', dims: [4], values: x.shape } as const;
  return record('MaxUnpool', [dy, where, shape], x, {
    kernel_shape: kernel_shape!,
    strides: strides!,
    pads: pads!,
  });
}

/** x [N, H, W, C] -> [N, H', W', C]; padding does not count. */
const avgPool = kernel<PoolAttributes>('AvgPool', ({ value, attrs }) => {
  const x = value('x');
  const info = poolOf(x.shape, attrs);
  const window = poolWindowOf(info);
  if (x.type !== 'float32' || !window) return undefined;
  const output = { shape: pooledShape(info), type: 'float32' } as const;
  return fromChannelsFirst(record('AveragePool', [toChannelsFirst(x)], output, window.attributes));
});

/** tfjs divides by the whole window here, padding or not, and so does this. */
const avgPoolGrad = kernel<PoolAttributes>('AvgPoolGrad', ({ value, attrs }) => {
  const [x, dy] = [value('input'), toChannelsFirst(value('dy'))];
  const info = poolOf(x.shape, attrs);
  const window = poolWindowOf(info);
  const fits = window && sameShape(value('dy').shape, info.outShape);
  if (dy.type !== 'float32' || !fits) return undefined;
  const { filterHeight, filterWidth, inHeight, inWidth } = info;
  const dims = [1, 1, filterHeight, filterWidth];
  const weights = { type: 'float32', dims, values: 1 / (filterHeight * filterWidth) } as const;
  const [images, height, width] = [dy.shape[0]! * dy.shape[1]!, dy.shape[2]!, dy.shape[3]!];
  // A convolution of each channel by itself.
  const dx = record(
    'ConvTranspose',
    [reshape(dy, [images, 1, height, width]), weights],
    { shape: [images, 1, inHeight, inWidth], type: 'float32' },
    { ...window.attributes, output_padding: window.unreached },
  );
  return fromChannelsFirst(reshape(dx, [dy.shape[0]!, dy.shape[1]!, inHeight, inWidth]));
});

/** Pooling of images [N, H, W, C] in the plane, and its gradients. */
export const pools: LoweredKernel[] = [maxPool, maxPoolGrad, avgPool, avgPoolGrad];
