import { record } from '../graph/recorder.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';
import { fromChannelsFirst, toChannelsFirst } from './image.ts';

interface LRNAttributes {
  readonly depthRadius: number;
  readonly bias: number;
  readonly alpha: number;
  readonly beta: number;
}

/** Each pixel's channels by the squares of their neighbours (Krizhevsky et al. 2012, 3.3): [N, H, W, C]. */
export const localResponseNormalization: LoweredKernel = kernel<LRNAttributes>('LRN', ({ value, attrs }) => {
  const x = value('x');
  if (x.type !== 'float32') return undefined;
  const image = toChannelsFirst(x);
  const size = 2 * attrs.depthRadius + 1;
  const y = record('LRN', [image], image, {
    size,
    bias: { float: attrs.bias },
    // ONNX takes the mean of the squares, tfjs their sum.
    alpha: { float: attrs.alpha * size },
    beta: { float: attrs.beta },
  });
  return fromChannelsFirst(y);
});
