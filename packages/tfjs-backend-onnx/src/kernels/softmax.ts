import { record } from '../graph/recorder.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

export const softmax: LoweredKernel[] = [
  kernel<{ dim: number }>('Softmax', ({ value, attrs }) => {
    const logits = value('logits');
    return logits.type === 'float32' ? record('Softmax', [logits], logits, { axis: attrs.dim }) : undefined;
  }),
  kernel<{ axis: number }>('LogSoftmax', ({ value, attrs }) => {
    const logits = value('logits');
    return logits.type === 'float32'
      ? record('LogSoftmax', [logits], logits, { axis: attrs.axis })
      : undefined;
  }),
];
