import { integers, record } from '../graph/recorder.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

export const tile: LoweredKernel = kernel<{ reps: number[] }>('Tile', ({ value, attrs }) => {
  const x = value('x');
  if (attrs.reps.includes(0)) return undefined;
  const shape = x.shape.map((dim, axis) => dim * attrs.reps[axis]!);
  return record('Tile', [x, integers(attrs.reps)], { shape, type: x.type });
});
