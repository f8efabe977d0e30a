import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import type { HostArray } from '../graph/value.ts';
import type { HostType } from '../runtime/buffer-pool.ts';

/** Numbers that may be changed, and the tensor to give back for them. */
export interface Writable {
  readonly numbers: HostArray;
  readonly tensor: TensorInfo;
}

/** A donated tensor's own numbers where nobody else can see them, otherwise a copy of them. */
export function writable(tensor: TensorInfo, backend: OnnxBackend): Writable {
  const own = backend.exclusiveNumbers(tensor);
  if (own) return { numbers: own, tensor: backend.alias(tensor) };
  const copy = backend.copy(backend.numbers(tensor), tensor.shape, tensor.dtype as HostType);
  return { numbers: backend.numbers(copy), tensor: copy };
}
