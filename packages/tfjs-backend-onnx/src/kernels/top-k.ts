import { cast } from '../graph/operations.ts';
import { integers, recordAll } from '../graph/recorder.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

/** The k largest along the last axis and their places, the first of equals first. */
export const topK: LoweredKernel = kernel<{ k: number; sorted: boolean }>('TopK', ({ value, attrs }) => {
  const x = value('x');
  if (x.type === 'bool' || attrs.k === 0 || x.shape.length === 0) return undefined;
  const shape = [...x.shape.slice(0, -1), attrs.k];
  const outputs = [
    { shape, type: x.type },
    { shape, type: 'int64' },
  ] as const;
  const [values, places] = recordAll('TopK', [x, integers([attrs.k])], outputs, {
    axis: -1,
    largest: 1,
    sorted: 1,
  });
  return [values!, cast(places!, 'int32')];
});
