import { gather } from '../graph/operations.ts';
import { leaf, newMemory } from '../graph/value.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

interface MirrorPadAttributes {
  readonly paddings: [number, number][];
  readonly mode: 'reflect' | 'symmetric';
}

/** Padding with the elements next to the edge, in reverse: 'symmetric' begins with the edge itself, 'reflect' with its neighbour. */
export const mirrorPad: LoweredKernel = kernel<MirrorPadAttributes>('MirrorPad', ({ value, attrs }) => {
  const edge = attrs.mode === 'reflect' ? 0 : 1;
  return attrs.paddings.reduce((x, [before, after], axis) => {
    if (before === 0 && after === 0) return x;
    const length = x.shape[axis]!;
    const places = Int32Array.from({ length: before + length + after }, (_, i) => {
      const place = i - before;
      if (place < 0) return -place - edge;
      return place < length ? place : 2 * length - 2 - place + edge;
    });
    return gather(x, leaf([places.length], 'int32', newMemory(places)), axis);
  }, value('x'));
});
