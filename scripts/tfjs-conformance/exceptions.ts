import type { Exception } from './comparison.ts';

const ONLY_CPU = { reason: 'tfjs-core runs it where the backend under test is named cpu, and nowhere else.' };

/** Specs of tfjs-core that pass on cpu and not on onnx, and why that is right or does no harm. */
export const exceptions: Readonly<Record<string, Exception>> = {
  'tan numbers exceed float32 precision': {
    reason:
      "The C library's tan in float32: near a pole it is one unit in the last place from JavaScript's, which computes in " +
      'float64 and rounds; the spec compares a tangent of 30144 to within 0.001. It passes on WebAssembly.',
    mayPass: true,
  },
  'Switching cpu backends Move data from cpu1 to cpu2 backend': ONLY_CPU,
  'Switching cpu backends can execute op with data from mixed backends': ONLY_CPU,
};
