import { transpose } from '../graph/operations.ts';
import type { LazyValue } from '../graph/value.ts';

// tfjs keeps images as [N, H, W, C], ONNX as [N, C, H, W]. A transposition that meets its inverse vanishes
// (graph/operations.ts), and ONNX Runtime moves those in between past element-wise operations.

export type DataFormat = 'NHWC' | 'NCHW';

/** An image as ONNX wants it: [N, C, H, W]. */
export function toChannelsFirst(x: LazyValue, format: DataFormat = 'NHWC'): LazyValue {
  return format === 'NCHW' ? x : transpose(x, [0, 3, 1, 2]);
}

/** [N, C, H, W] -> the image as the tfjs call wants it. */
export function fromChannelsFirst(x: LazyValue, format: DataFormat = 'NHWC'): LazyValue {
  return format === 'NCHW' ? x : transpose(x, [0, 2, 3, 1]);
}
