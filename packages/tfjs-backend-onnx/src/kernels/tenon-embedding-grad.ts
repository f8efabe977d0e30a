import { scatterRows } from '../graph/operations.ts';
import { reshape } from '../graph/recorder.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

/**
 * weight [V, C], ids int32 [...], dy [..., C] -> the sum of the dy of each id [V, C]; added to another gradient it is
 * scattered into that. On the host only for what is not computed by the graph: the gradient of a parameter ends there,
 * while that of an activation would cut the graph in two.
 */
export const tenonEmbeddingGrad: LoweredKernel = kernel('TenonEmbeddingGrad', ({ value, backend }) => {
  const [weight, ids, dy] = [value('weight'), value('ids'), value('dy')];
  const [words, channels] = weight.shape as [number, number];
  const onHost = backend.computesInHostMemory && weight.storage !== null;
  return scatterRows(reshape(dy, [ids.size, channels]), reshape(ids, [ids.size]), words, onHost);
});
