import { dataKernel, type LoweredKernel } from '../kernel.ts';
import { hostArray } from '../runtime/buffer-pool.ts';

interface RangeAttributes {
  readonly start: number;
  readonly stop: number;
  readonly step: number;
  readonly dtype?: 'float32' | 'int32';
}

/** Computed here: an input that never changes its graph. */
export const range: LoweredKernel = dataKernel<RangeAttributes>('Range', ({ attrs, backend }) => {
  const { start, stop, dtype = 'float32' } = attrs;
  if (start === stop || start < stop !== attrs.step > 0) {
    // tfjs counts down by itself where the step says nothing about it.
    if (start === stop || attrs.step !== 1) return backend.own(hostArray(dtype, 0), [0], dtype);
  }
  const step = stop < start && attrs.step === 1 ? -1 : attrs.step;
  const length = Math.abs(Math.ceil((stop - start) / step));
  const numbers = hostArray(dtype, length);
  // Added up as the cpu backend does it, rounding included.
  numbers[0] = start;
  for (let i = 1; i < length; i++) numbers[i] = numbers[i - 1]! + step;
  return backend.own(numbers, [length], dtype);
});
