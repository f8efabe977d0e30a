import type { HostArray, Memory } from '../graph/value.ts';
import { encodeModel } from '../onnx/model.ts';
import type { OnnxBackendOptions } from '../options.ts';
import type { MemoryType } from './buffer-pool.ts';
import type { Runtime, Session } from './runtime.ts';
import type { RuntimeTensor } from './runtime-tensor.ts';
import { type Steps, waitFor } from './steps.ts';

/**
 * Memory outside of this process's, where a provider keeps its outputs. ONNX Runtime has no call that copies
 * to or from it in every build: numbers move through a graph of one Identity.
 */
export class Device {
  readonly #runtime: Runtime;
  readonly #movers = new Map<string, Session>();
  readonly #memories = new Set<Memory>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** Tensors whose numbers are there. */
  get memories(): ReadonlySet<Memory> {
    return this.#memories;
  }

  /** Says that this memory is on the device. */
  keep(memory: Memory, tensor: RuntimeTensor): void {
    memory.device = tensor;
    this.#memories.add(memory);
  }

  /** Lets go of the device's copy. */
  release(memory: Memory): void {
    memory.device?.dispose();
    memory.device = null;
    this.#memories.delete(memory);
  }

  *upload(type: MemoryType, memory: Memory, options: OnnxBackendOptions): Steps<void> {
    const numbers = memory.array!;
    const tensor = this.#runtime.tensor(type, numbers, [numbers.length]);
    this.keep(memory, yield* this.#move(type, tensor, true, options));
  }

  *download(memory: Memory, options: OnnxBackendOptions): Steps<void> {
    const onDevice = memory.device!;
    // Only numbers of our own types come to be there.
    const tensor = yield* this.#move(onDevice.type as MemoryType, onDevice, false, options);
    // A tensor in this process's memory has them in the array of its type.
    memory.array = tensor.data as HostArray;
  }

  dispose(): void {
    for (const memory of this.#memories) this.release(memory);
    for (const session of this.#movers.values()) session.dispose();
    this.#movers.clear();
  }

  *#move(
    type: MemoryType,
    tensor: RuntimeTensor,
    toDevice: boolean,
    options: OnnxBackendOptions,
  ): Steps<RuntimeTensor> {
    const key = `${type} ${toDevice}`;
    let mover = this.#movers.get(key);
    if (!mover) {
      const bytes = encodeModel({
        nodes: [
          { name: 'move', type: 'Identity', domain: '', inputs: ['x'], outputs: ['y'], attributes: {} },
        ],
        inputs: [{ name: 'x', type, dims: null }],
        outputs: [{ name: 'y', type, dims: null }],
        initializers: [],
      });
      mover = yield* waitFor<Session>(
        this.#runtime.build({ bytes, onDevice: toDevice ? ['y'] : [], onCpu: [] }, options),
      );
      this.#movers.set(key, mover);
    }
    const { y } = yield* waitFor(mover.run({ x: tensor }, { y: null }));
    return y!;
  }
}
