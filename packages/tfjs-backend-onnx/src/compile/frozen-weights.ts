import { type Tensor, Variable } from '@tensorflow/tfjs-core';
import type { Memory } from '../graph/value.ts';

/** ONNX files and ONNX Runtime's reader end at two gigabytes: weights beyond them stay inputs. */
const MOST_BYTES = 2 ** 31 - 2 ** 27;

/** The captured tensors that are built into a program's graphs, with their memory and its version then. */
export class FrozenWeights {
  readonly #frozen = new Map<Tensor, { readonly memory: Memory; readonly version: number }>();
  #bytes = 0;

  /** Freezes a tensor, unless a graph has no room for it. */
  freeze(tensor: Tensor, memory: Memory): boolean {
    const bytes = memory.array!.byteLength;
    if (this.#bytes + bytes > MOST_BYTES) return false;
    this.#bytes += bytes;
    this.#frozen.set(tensor, { memory, version: memory.version });
    return true;
  }

  /** @throws where a frozen tensor has other numbers than those that were built in */
  assertUnchanged(tensor: Tensor, memory: Memory): void {
    const frozen = this.#frozen.get(tensor);
    if (!frozen || (frozen.memory === memory && frozen.version === memory.version)) return;
    const name = tensor instanceof Variable ? `variable ${tensor.name}` : `tensor (id ${tensor.id})`;
    throw new Error(
      `compile: expected the frozen ${tensor.dtype} [${tensor.shape}] ${name} to keep the numbers that were built into the graph, ` +
        'got others. Compile the function again after training, or compile it without { freeze: true }.',
    );
  }
}
