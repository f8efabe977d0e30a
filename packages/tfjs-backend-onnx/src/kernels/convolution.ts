import { backend_util } from '@tensorflow/tfjs-core';
import { transpose } from '../graph/operations.ts';
import { record, reshape } from '../graph/recorder.ts';
import type { LazyValue } from '../graph/value.ts';
import type { DataFormat } from './image.ts';
import type { Window } from './window.ts';

// N images, H and W their height and width, I channels in, O channels out, Q channels out of each channel in (depthwise).

/** What tfjs tells every kernel of a convolution. */
export interface ConvolutionAttributes {
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
  readonly dataFormat?: DataFormat;
  readonly dilations?: number | [number, number];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Sizes of a convolution, from the shapes of its image and its filter [H, W, I, O] or [H, W, I, Q]. */
export function convolutionOf(
  image: readonly number[],
  filter: readonly number[],
  attrs: ConvolutionAttributes,
  depthwise = false,
): backend_util.Conv2DInfo {
  return backend_util.computeConv2DInfo(
    image as [number, number, number, number],
    filter as [number, number, number, number],
    attrs.strides,
    // The kernels of gradients are not told: tfjs differentiates undilated convolutions only.
    attrs.dilations ?? 1,
    attrs.pad,
    attrs.dimRoundingMode,
    depthwise,
    backend_util.convertConv2DDataFormat(attrs.dataFormat ?? 'NHWC'),
  );
}

/** A filter as ONNX wants it: [H, W, I, O] -> [O, I, H, W], depthwise [H, W, I, Q] -> [I·Q, 1, H, W]. */
export function onnxFilter(filter: LazyValue, depthwise = false): LazyValue {
  if (!depthwise) return transpose(filter, [3, 2, 0, 1]);
  const [height, width, channels, multiplier] = filter.shape as [number, number, number, number];
  return reshape(transpose(filter, [2, 3, 0, 1]), [channels * multiplier, 1, height, width]);
}

/** x [N, I, H, W], an ONNX filter, a bias [O] -> [N, O, H', W']. */
export function convolve(
  x: LazyValue,
  filter: LazyValue,
  info: backend_util.Conv2DInfo,
  window: Window,
  groups: number,
  bias?: LazyValue,
): LazyValue {
  const shape = [info.batchSize, info.outChannels, info.outHeight, info.outWidth];
  const inputs = bias ? [x, filter, bias] : [x, filter];
  return record('Conv', inputs, { shape, type: 'float32' }, { ...window.attributes, group: groups });
}

/** The gradient by the image: dy [N, O, H', W'], an ONNX filter -> [N, I, H, W]. */
export function convolveBack(
  dy: LazyValue,
  filter: LazyValue,
  info: backend_util.Conv2DInfo,
  window: Window,
  groups: number,
): LazyValue {
  const shape = [info.batchSize, info.inChannels, info.inHeight, info.inWidth];
  return record(
    'ConvTranspose',
    [dy, filter],
    { shape, type: 'float32' },
    { ...window.attributes, output_padding: window.unreached, group: groups },
  );
}
