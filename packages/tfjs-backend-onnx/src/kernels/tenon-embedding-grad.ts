import { scatterRows } from '../graph/operations.ts';
import { reshape } from '../graph/recorder.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

/** ids int32 [...], dy [..., C] -> the sum of the dy of each id [V, C]; added to another gradient it is scattered into that. */
export const tenonEmbeddingGrad: LoweredKernel = kernel<{ vocabularySize: number }>(
  'TenonEmbeddingGrad',
  ({ value, attrs, backend }) => {
    const [ids, dy] = [value('ids'), value('dy')];
    return scatterRows(
      reshape(dy, [ids.size, dy.shape.at(-1)!]),
      reshape(ids, [ids.size]),
      attrs.vocabularySize,
      backend.computesInHostMemory,
    );
  },
);
