import {
  type HostArray,
  isOnHost,
  type LazyValue,
  type Memory,
  newMemory,
  sameShape,
} from '../graph/value.ts';
import type { OnnxBackendOptions } from '../options.ts';
import { BufferPool, type MemoryType } from './buffer-pool.ts';
import { Device } from './device.ts';
import type { Runtime } from './runtime.ts';
import type { RuntimeTensor } from './runtime-tensor.ts';
import { finish, type Steps } from './steps.ts';

interface Released {
  readonly type: MemoryType;
  readonly bytes: number;
}

/** An idle buffer is kept this many runs: a training step and what happens between two steps take fewer. */
const KEPT_RUNS = 8;

/** The memory that graphs read and write, in this process and on a device, and what happens to it when no tensor holds it. */
export class Memories {
  readonly pool: BufferPool = new BufferPool(KEPT_RUNS);
  /** Bytes copied to and from a device. */
  readonly copied: { toDevice: number; fromDevice: number } = { toDevice: 0, fromDevice: 0 };
  #runtime: Runtime;
  #device: Device;
  /** Storages that lost their last holder; a recorded operation may still want to read them, or a tensor hold one again. */
  readonly #released = new Map<Memory, Released>();
  #releasedBytes = 0;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#device = new Device(runtime);
  }

  /** Memory without a holder that waits for the next run, which may still read it. */
  get releasedBytes(): number {
    return this.#releasedBytes;
  }

  /** Goes on with another runtime; what is on the device of the one before comes back first. */
  use(runtime: Runtime, options: OnnxBackendOptions): void {
    for (const memory of this.#device.memories) if (!memory.array) finish(this.download(memory, options));
    this.#device.dispose();
    this.#runtime = runtime;
    this.#device = new Device(runtime);
  }

  /**
   * The tensor that ONNX Runtime reads this value from, or writes it to.
   * @param offset the place of its first number in the memory
   */
  tensor(value: LazyValue, storage: Memory, offset = 0): RuntimeTensor {
    const { device } = storage;
    if (device) return sameShape(device.dims, value.shape) ? device : this.#runtime.view(device, value.shape);
    if (this.#runtime.outputs === 'device') this.copied.toDevice += bytesOf(value);
    const array = storage.array!;
    const part = array.length === value.size ? array : array.subarray(offset, offset + value.size);
    return this.#runtime.tensor(value.type as MemoryType, part, value.shape);
  }

  /** Memory for an output where outputs are written into ours; null where the runtime brings its own. */
  forOutput(value: LazyValue): Memory | null {
    return this.#runtime.outputs === 'filled' ? this.pool.take(value.type as MemoryType, value.size) : null;
  }

  /** Whether an output is left on the device. Single numbers (losses, norms) are what is read, and so are values that no tensor holds. */
  staysOnDevice(output: LazyValue): boolean {
    return this.#runtime.outputs === 'device' && output.size > 1 && output.holders > 0;
  }

  /** The memory of an output that the runtime made. */
  received(tensor: RuntimeTensor): Memory {
    if (tensor.location === 'cpu') {
      // A tensor in this process's memory has its numbers in the array of its type.
      const array = tensor.data as HostArray;
      if (this.#runtime.outputs === 'device') this.copied.fromDevice += array.byteLength;
      return newMemory(array);
    }
    const memory = newMemory(null);
    this.#device.keep(memory, tensor);
    return memory;
  }

  /** Numbers that were read before and are read again (frozen weights) move to the device for good. */
  *uploadLasting(leaves: readonly LazyValue[], options: OnnxBackendOptions): Steps<void> {
    if (this.#runtime.outputs !== 'device') return;
    for (const leaf of leaves) {
      const storage = leaf.storage!;
      if (storage.lastRead < 0 || storage.device || leaf.size === 1) continue;
      yield* this.#device.upload(leaf.type as MemoryType, storage, options);
      this.copied.toDevice += bytesOf(leaf);
    }
  }

  /** Copies numbers that are on a device alone into this process's memory. */
  *download(storage: Memory, options: OnnxBackendOptions): Steps<void> {
    yield* this.#device.download(storage, options);
    this.copied.fromDevice += storage.array!.byteLength;
  }

  /** Takes back memory that no tensor holds any more; `awaited` where a run may still read it. */
  release(value: LazyValue, storage: Memory, awaited: boolean): void {
    if (!storage.pooled && !storage.device) return;
    this.#forget(storage); // lost its last holder before, and had another one since
    const type = value.type as MemoryType;
    if (!awaited) this.#giveBack(storage, type);
    else {
      const bytes = bytesOf(value);
      this.#released.set(storage, { type, bytes });
      this.#releasedBytes += bytes;
    }
  }

  /** A dead storage lives on as an output's: it is no longer on its way to the pool. */
  takeOver<S extends Memory>(storage: S): S {
    this.#forget(storage);
    storage.version++;
    return storage;
  }

  /** Gives dead storages back, except those that the given run is about to read. */
  reclaim(exceptRun?: number): void {
    for (const [storage, { type }] of this.#released) {
      if (storage.holders === 0 && storage.lastRead === exceptRun) continue;
      this.#forget(storage);
      if (storage.holders === 0) this.#giveBack(storage, type);
    }
  }

  dispose(): void {
    this.pool.clear();
    this.#device.dispose();
    this.#released.clear();
    this.#releasedBytes = 0;
  }

  #forget(storage: Memory): void {
    this.#releasedBytes -= this.#released.get(storage)?.bytes ?? 0;
    this.#released.delete(storage);
  }

  #giveBack(storage: Memory, type: MemoryType): void {
    if (storage.device) this.#device.release(storage);
    if (storage.pooled && isOnHost(storage)) this.pool.give(type, storage);
  }
}

function bytesOf(value: LazyValue): number {
  return value.size * (value.type === 'bool' || value.type === 'uint8' ? 1 : 4);
}
