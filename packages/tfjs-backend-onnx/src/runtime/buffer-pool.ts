import { type HostArray, type HostMemory, newMemory } from '../graph/value.ts';
import { expectFreeMemory } from './free-memory.ts';

/** The types that tensors of tfjs have. */
export type HostType = 'float32' | 'int32' | 'bool';

/** The types that memory is kept in. */
export type MemoryType = HostType | 'uint8';

const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array, uint8: Uint8Array } as const;

/** Zeros for that many elements, or a copy of the numbers given, in the array that tfjs keeps this type in. */
export function hostArray(type: MemoryType, from: number | ArrayLike<number>): HostArray {
  return typeof from === 'number' ? new ARRAYS[type](from) : ARRAYS[type].from(from);
}

/** So much new memory counts as a run. */
const BYTES_PER_RUN = 2 ** 24;

/** So much new memory is asked for without looking whether it is there. */
const BYTES_UNCHECKED = 2 ** 27;

/**
 * Lends memory for the outputs of graphs, so that the gradients of one training step live where those
 * of the step before did. Memory that nobody asked for during `keptRuns` runs is let go.
 */
export class BufferPool {
  readonly #idle = new Map<string, { storage: HostMemory; since: number }[]>();
  readonly #keptRuns: number;
  #runs = 0;
  #idleBytes = 0;
  /** Bytes newly allocated for copies since memory last aged. */
  #addedBytes = 0;

  /** Bytes newly allocated since memory last aged: asked for, and perhaps not used yet. */
  #newBytes = 0;

  constructor(keptRuns: number) {
    this.#keptRuns = keptRuns;
  }

  get idleBytes(): number {
    return this.#idleBytes;
  }

  take(type: MemoryType, size: number): HostMemory {
    const idle = this.#idle.get(`${type}${size}`)?.pop();
    if (!idle) return this.#newMemory(type, size);
    this.#idleBytes -= idle.storage.array.byteLength;
    return newMemory(idle.storage.array, true);
  }

  /** Memory with a copy of these numbers. */
  copy(type: MemoryType, numbers: HostArray): HostMemory {
    const idleBytes = this.#idleBytes;
    const memory = this.take(type, numbers.length);
    memory.array.set(numbers);
    // Where nothing runs (data is written and dropped, each time of another size) new memory makes old memory age.
    if (this.#idleBytes === idleBytes) this.#addedBytes += memory.array.byteLength;
    if (this.#addedBytes > BYTES_PER_RUN) this.age();
    return memory;
  }

  #newMemory(type: MemoryType, size: number): HostMemory {
    this.#newBytes += size * ARRAYS[type].BYTES_PER_ELEMENT;
    if (this.#newBytes > BYTES_UNCHECKED) expectFreeMemory(this.#newBytes, () => this.clear());
    return newMemory(hostArray(type, size), true);
  }

  give(type: MemoryType, storage: HostMemory): void {
    const key = `${type}${storage.array.length}`;
    const entry = { storage, since: this.#runs };
    const idle = this.#idle.get(key);
    if (idle) idle.push(entry);
    else this.#idle.set(key, [entry]);
    this.#idleBytes += storage.array.byteLength;
  }

  /** Counts one more run and lets go of what has been idle for too many of them. */
  age(): void {
    this.#runs++;
    this.#addedBytes = 0;
    this.#newBytes = 0;
    for (const [key, idle] of this.#idle) {
      // The last one given is the first one taken, so the oldest stand in front.
      while (idle[0] && this.#runs - idle[0].since > this.#keptRuns) {
        this.#idleBytes -= idle.shift()!.storage.array.byteLength;
      }
      if (idle.length === 0) this.#idle.delete(key);
    }
  }

  clear(): void {
    this.#idle.clear();
    this.#idleBytes = 0;
  }
}
