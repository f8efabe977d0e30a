import { type Tensor1D, tensor1d } from '@tensorflow/tfjs-core';

/** int32 [T]: the positions `start`, `start` + 1, … of T tokens. */
export function positionsFrom(start: number, time: number): Tensor1D {
  return tensor1d(
    Int32Array.from({ length: time }, (_, i) => start + i),
    'int32',
  );
}
