import type { backend_util } from '@tensorflow/tfjs-core';
import type { Attributes } from '../onnx/model.ts';

/** A window that slides over an image, as ONNX's convolutions and poolings describe it. */
export interface Window {
  readonly attributes: Attributes;
  /** Rows and columns at the image's end that no window reaches. */
  readonly unreached: readonly [number, number];
}

/**
 * tfjs says how large the output is, ONNX computes it: the padding at the end is chosen so that the two agree,
 * whatever the rounding. Undefined where that cannot be: tfjs takes a number given as padding to mean the filter's
 * height and the vertical stride in both directions.
 */
export function windowOf(info: backend_util.Conv2DInfo): Window | undefined {
  const { inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth } = info;
  const rows = inHeight + info.padInfo.top - (outHeight - 1) * strideHeight - info.effectiveFilterHeight;
  const columns = inWidth + info.padInfo.left - (outWidth - 1) * strideWidth - info.effectiveFilterWidth;
  if (outHeight < 1 || outWidth < 1 || rows >= strideHeight || columns >= strideWidth) return undefined;
  return {
    attributes: {
      kernel_shape: [info.filterHeight, info.filterWidth],
      strides: [strideHeight, strideWidth],
      dilations: [info.dilationHeight, info.dilationWidth],
      pads: [info.padInfo.top, info.padInfo.left, Math.max(0, -rows), Math.max(0, -columns)],
    },
    unreached: [Math.max(0, rows), Math.max(0, columns)],
  };
}

/** The same for a pooling, whose windows ONNX does not allow to lie in the padding alone. */
export function poolWindowOf(info: backend_util.Conv2DInfo): Window | undefined {
  const window = windowOf(info);
  const pads = window?.attributes['pads'] as readonly number[] | undefined;
  const sizes = [info.filterHeight, info.filterWidth];
  return pads?.every((count, i) => count < sizes[i % 2]!) ? window : undefined;
}
