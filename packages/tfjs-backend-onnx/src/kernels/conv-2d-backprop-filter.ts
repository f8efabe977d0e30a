import type { backend_util } from '@tensorflow/tfjs-core';
import { matMul } from '../graph/mat-mul.ts';
import { concat, pad, reduce, sliceSteps, transpose } from '../graph/operations.ts';
import { reshape } from '../graph/recorder.ts';
import { type LazyValue, sameShape } from '../graph/value.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';
import { type ConvolutionAttributes, convolutionOf } from './convolution.ts';
import { toChannelsFirst } from './image.ts';
import { windowOf } from './window.ts';

// The gradient of a filter is, for each of its positions, the product of the image under that position with dy. As
// processor time (ms, 32 images of 64×32×32, 3×3 filter to 64 channels): 18.5 like this, 19.4 with the images under all
// positions side by side, 36 as ONNX's Conv with images and channels exchanged; the Conv forward takes 15.

interface BackpropFilterAttributes extends ConvolutionAttributes {
  readonly filterShape: number[];
}

/** x [N, H, W, I], dy [N, H', W', O] -> the gradient of the filter [H, W, I, O], depthwise [H, W, I, Q]. */
export const conv2dBackpropFilter: LoweredKernel[] = (
  ['Conv2DBackpropFilter', 'DepthwiseConv2dNativeBackpropFilter'] as const
).map((name) =>
  kernel<BackpropFilterAttributes>(name, ({ value, attrs }) => {
    const [x, dy] = [value('x'), value('dy')];
    const depthwise = name !== 'Conv2DBackpropFilter';
    const info = convolutionOf(x.shape, attrs.filterShape, attrs, depthwise);
    const window = windowOf(info);
    // tf.conv2dTranspose lets through a dy of another shape than the convolution's, and cpu makes something of it.
    const fits = window && sameShape(dy.shape, info.outShape);
    if (x.type !== 'float32' || dy.type !== 'float32' || !fits) return undefined;
    const [top, left, bottom, right] = window.attributes['pads'] as readonly number[];
    const image = pad(toChannelsFirst(x, attrs.dataFormat), [0, 0, top!, left!], [0, 0, bottom!, right!]);
    const views = positions(info).map((position) => view(image, position, info));
    const gradient = toChannelsFirst(dy, attrs.dataFormat);
    const parts = depthwise ? depthwiseProducts(views, gradient, info) : products(views, gradient, info);
    return reshape(parts, attrs.filterShape);
  }),
);

function positions({ filterHeight, filterWidth }: backend_util.Conv2DInfo): [number, number][] {
  return Array.from({ length: filterHeight * filterWidth }, (_, i) => [
    Math.floor(i / filterWidth),
    i % filterWidth,
  ]);
}

/** What one position of the filter sees of the padded image while it slides: [N, I, H', W']. */
function view(image: LazyValue, [row, column]: [number, number], info: backend_util.Conv2DInfo): LazyValue {
  const from = [row * info.dilationHeight, column * info.dilationWidth];
  const steps = [info.strideHeight, info.strideWidth];
  return sliceSteps(image, [2, 3], from, [info.outHeight, info.outWidth], steps);
}

/** Few channels make products too narrow for vector units: then all positions go into one. */
const NARROW = 16;

function products(views: readonly LazyValue[], dy: LazyValue, info: backend_util.Conv2DInfo): LazyValue {
  const groups = info.inChannels < NARROW ? [views] : views.map((one) => [one]);
  return concat(
    groups.map((group) => product(concat(group, 1), dy)),
    0,
  );
}

/** x [N, K, H', W'], dy [N, O, H', W'] -> the sum over images and pixels of x·dy [K, O]. */
function product(x: LazyValue, dy: LazyValue): LazyValue {
  const [images, rows] = x.shape as [number, number];
  const [columns, pixels] = [dy.shape[1]!, dy.shape[2]! * dy.shape[3]!];
  // A product for each image and then their sum, unless the images are so small that the sum is the larger part.
  if (pixels >= 2 * columns) {
    const [a, b] = [reshape(x, [images, rows, pixels]), reshape(dy, [images, columns, pixels])];
    return reduce('ReduceSum', matMul(a, b, false, true), [0], false);
  }
  const [a, b] = [x, dy].map((one) =>
    reshape(transpose(one, [0, 2, 3, 1]), [images * pixels, one.shape[1]!]),
  );
  return matMul(a!, b!, true);
}

/** A channel meets its own Q gradients only: views [N, I, H', W'], dy [N, I·Q, H', W'] -> [positions, I, Q]. */
function depthwiseProducts(
  views: readonly LazyValue[],
  dy: LazyValue,
  info: backend_util.Conv2DInfo,
): LazyValue {
  const { batchSize, inChannels, outChannels, outHeight, outWidth } = info;
  const [pixels, multiplier] = [batchSize * outHeight * outWidth, outChannels / inChannels];
  const seen = concat(
    views.map((one) => reshape(transpose(one, [1, 0, 2, 3]), [inChannels, 1, pixels])),
    1,
  );
  const given = reshape(
    transpose(reshape(dy, [batchSize, inChannels, multiplier, outHeight * outWidth]), [1, 2, 0, 3]),
    [inChannels, multiplier, pixels],
  );
  return transpose(matMul(seen, given, false, true), [1, 0, 2]);
}
