import { reshape } from '../graph/recorder.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';
import { gradientOfLookUp } from './looked-up-rows.ts';

/** weight [V, C], ids int32 [...], dy [..., C] -> the sum of the dy of each id [V, C]; added to another gradient it is scattered into that. */
export const tenonEmbeddingGrad: LoweredKernel = kernel('TenonEmbeddingGrad', ({ value, backend }) => {
  const [weight, ids, dy] = [value('weight'), value('ids'), value('dy')];
  const rows = reshape(dy, [ids.size, weight.shape[1]!]);
  return gradientOfLookUp(weight, reshape(ids, [ids.size]), rows, backend);
});
