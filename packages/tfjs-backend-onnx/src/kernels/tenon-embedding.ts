import { gather } from '../graph/operations.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

/** weight [V, C], ids int32 [...] -> [..., C]. */
export const tenonEmbedding: LoweredKernel = kernel('TenonEmbedding', ({ value }) =>
  gather(value('weight'), value('ids'), 0),
);
