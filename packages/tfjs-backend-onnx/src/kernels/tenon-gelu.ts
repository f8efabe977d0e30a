import { record } from '../graph/recorder.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

/** Gaussian error linear unit (Hendrycks & Gimpel 2016), exact or by its tanh approximation. */
export const tenonGelu: LoweredKernel = kernel<{ approximate: 'tanh' | 'none' }>(
  'TenonGelu',
  ({ value, attrs }) => record('Gelu', [value('x')], value('x'), { approximate: attrs.approximate }),
);
