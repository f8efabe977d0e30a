import { recordAll } from '../graph/recorder.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

/** x [..., C], gamma [C], beta [C] -> y [..., C], mean [..., 1], 1 / standard deviation [..., 1]. */
export const tenonLayerNorm: LoweredKernel = kernel<{ epsilon: number }>(
  'TenonLayerNorm',
  ({ value, attrs }) => {
    const [x, gamma, beta] = [value('x'), value('gamma'), value('beta')];
    const moments = { shape: [...x.shape.slice(0, -1), 1], type: x.type };
    return recordAll('LayerNormalization', [x, gamma, beta], [x, moments, moments], {
      axis: -1,
      epsilon: { float: attrs.epsilon },
    });
  },
);
