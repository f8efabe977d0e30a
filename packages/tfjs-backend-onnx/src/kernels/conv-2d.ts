import { kernel, type LoweredKernel } from '../kernel.ts';
import { type ConvolutionAttributes, convolutionOf, convolve, onnxFilter } from './convolution.ts';
import { fromChannelsFirst, toChannelsFirst } from './image.ts';
import { windowOf } from './window.ts';

/** x [N, H, W, I], filter [H, W, I, O] -> [N, H', W', O]; conv1d is one of height 1. Depthwise: filter [H, W, I, Q] -> [N, H', W', I·Q]. */
export const conv2d: LoweredKernel[] = (['Conv2D', 'DepthwiseConv2dNative'] as const).map((name) =>
  kernel<ConvolutionAttributes>(name, ({ value, attrs }) => {
    const [x, filter] = [value('x'), value('filter')];
    const depthwise = name !== 'Conv2D';
    const info = convolutionOf(x.shape, filter.shape, attrs, depthwise);
    const window = windowOf(info);
    if (x.type !== 'float32' || filter.type !== 'float32' || !window) return undefined;
    const image = toChannelsFirst(x, attrs.dataFormat);
    const groups = depthwise ? info.inChannels : 1;
    const y = convolve(image, onnxFilter(filter, depthwise), info, window, groups);
    return fromChannelsFirst(y, attrs.dataFormat);
  }),
);
