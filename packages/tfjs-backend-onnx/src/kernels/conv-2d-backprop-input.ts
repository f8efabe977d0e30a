import { sameShape } from '../graph/value.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';
import { type ConvolutionAttributes, convolutionOf, convolveBack, onnxFilter } from './convolution.ts';
import { fromChannelsFirst, toChannelsFirst } from './image.ts';
import { windowOf } from './window.ts';

interface BackpropInputAttributes extends ConvolutionAttributes {
  readonly inputShape: number[];
}

/** dy [N, H', W', O], filter [H, W, I, O] (depthwise [H, W, I, Q]) -> the gradient by the image [N, H, W, I]. */
export const conv2dBackpropInput: LoweredKernel[] = (
  ['Conv2DBackpropInput', 'DepthwiseConv2dNativeBackpropInput'] as const
).map((name) =>
  kernel<BackpropInputAttributes>(name, ({ value, attrs }) => {
    const [dy, filter] = [value('dy'), value('filter')];
    const depthwise = name !== 'Conv2DBackpropInput';
    const info = convolutionOf(attrs.inputShape, filter.shape, attrs, depthwise);
    const window = windowOf(info);
    // tf.conv2dTranspose lets through a dy of another shape than the convolution's, and cpu makes something of it.
    const fits = window && sameShape(dy.shape, info.outShape);
    if (dy.type !== 'float32' || filter.type !== 'float32' || !fits) return undefined;
    const groups = depthwise ? info.inChannels : 1;
    const dx = convolveBack(
      toChannelsFirst(dy, attrs.dataFormat),
      onnxFilter(filter, depthwise),
      info,
      window,
      groups,
    );
    return fromChannelsFirst(dx, attrs.dataFormat);
  }),
);
