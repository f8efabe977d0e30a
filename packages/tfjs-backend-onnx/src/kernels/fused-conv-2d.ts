import { add } from '../graph/operations.ts';
import { reshape } from '../graph/recorder.ts';
import type { LazyValue } from '../graph/value.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';
import { type ConvolutionAttributes, convolutionOf, convolve, onnxFilter } from './convolution.ts';
import { activated, type FusedActivationAttributes } from './fused-activation.ts';
import { fromChannelsFirst, toChannelsFirst } from './image.ts';
import { windowOf } from './window.ts';

/** Convolution, bias and activation; the depthwise one likewise. */
export const fusedConv2d: LoweredKernel[] = (['FusedConv2D', 'FusedDepthwiseConv2D'] as const).map((name) =>
  kernel<ConvolutionAttributes & FusedActivationAttributes>(name, ({ inputs, value, attrs }) => {
    const [x, filter] = [value('x'), value('filter')];
    const depthwise = name !== 'FusedConv2D';
    const info = convolutionOf(x.shape, filter.shape, attrs, depthwise);
    const window = windowOf(info);
    if (x.type !== 'float32' || filter.type !== 'float32' || !window) return undefined;
    const groups = depthwise ? info.inChannels : 1;
    const channelsFirst = attrs.dataFormat === 'NCHW';
    // In NCHW a row of channels stands for [C, 1, 1].
    const byChannel = (given: LazyValue): LazyValue =>
      channelsFirst && given.shape.length === 1 ? reshape(given, [given.size, 1, 1]) : given;
    const bias = inputs['bias'] ? value('bias') : undefined;
    const inside = bias?.shape.length === 1 && bias.size === info.outChannels;
    const image = toChannelsFirst(x, attrs.dataFormat);
    const y = fromChannelsFirst(
      convolve(image, onnxFilter(filter, depthwise), info, window, groups, inside ? bias : undefined),
      attrs.dataFormat,
    );
    const slope = inputs['preluActivationWeights'] ? byChannel(value('preluActivationWeights')) : null;
    return activated(bias && !inside ? add(y, byChannel(bias)) : y, attrs, slope);
  }),
);
