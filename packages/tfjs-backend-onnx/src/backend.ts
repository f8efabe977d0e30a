import {
  type BackendValues,
  type DataId,
  type DataType,
  engine,
  KernelBackend,
  type TensorInfo,
  type Variable,
} from '@tensorflow/tfjs-core';
import type { Guard, ReplayGuard } from './graph/guard.ts';
import { cast } from './graph/operations.ts';
import { currentKernel, reshape } from './graph/recorder.ts';
import type { HostArray, LazyValue, Memory } from './graph/value.ts';
import { LiveValues } from './live-values.ts';
import { notReadYet } from './not-computed.ts';
import { completeOptions, defaultOptions, type OnnxBackendOptions, type Provider } from './options.ts';
import type { HostType } from './runtime/buffer-pool.ts';
import { Executor, type ExecutorStatistics } from './runtime/executor.ts';
import type { Runtime } from './runtime/runtime.ts';
import { type TensorData, TensorStore, valuesOf } from './tensor-data.ts';
import { pairs, WrittenValues } from './written-values.ts';

export interface OnnxBackendStatistics extends Readonly<ExecutorStatistics> {
  readonly cachedSessions: number;
  /** Bytes that wait to be reused by the next outputs. */
  readonly idleBytes: number;
  /** Bytes copied to a device to be computed with, where the provider has memory of its own. */
  readonly bytesToDevice: number;
  /** Bytes copied from there to be read. */
  readonly bytesFromDevice: number;
}

/** The tfjs backend: keeps the data of tensors, and runs the recorded graph when someone wants to read. */
export class OnnxBackend extends KernelBackend {
  readonly data: TensorStore;
  #runtime: Runtime;
  /** For `compile`, which runs graphs of its own. */
  readonly executor: Executor;
  readonly #live: LiveValues;
  readonly #written: WrittenValues;
  #options: OnnxBackendOptions;

  /** @param threads that one operation may use */
  constructor(runtime: Runtime, threads: number) {
    super();
    this.#runtime = runtime;
    this.#options = defaultOptions(runtime.provider, threads);
    this.data = new TensorStore(this);
    this.executor = new Executor(runtime, this.#options);
    this.#live = new LiveValues(this.executor);
    this.#written = new WrittenValues(this.executor.memories.pool, this.#live);
  }

  get statistics(): OnnxBackendStatistics {
    return {
      ...this.executor.statistics,
      cachedSessions: this.executor.graphs.size,
      idleBytes: this.executor.memories.pool.idleBytes,
      bytesToDevice: this.executor.memories.copied.toDevice,
      bytesFromDevice: this.executor.memories.copied.fromDevice,
    };
  }

  get options(): OnnxBackendOptions {
    return this.#options;
  }

  /** What computes, in a few words for people. */
  get description(): string {
    return this.#runtime.description;
  }

  /**
   * Changes options; a change of `threads` or `provider` drops the compiled graphs.
   * @throws where a number is not a positive integer, or this machine does not have the provider
   */
  configure(changes: Partial<OnnxBackendOptions>): void {
    const options = completeOptions(changes, this.#options);
    if (options.provider !== this.#options.provider) this.#use(options.provider);
    this.#options = options;
    this.executor.configure(options);
  }

  // Values, for kernels.

  /** Whether tensors' numbers are computed at once and in this process's memory, where kernels can change them. */
  get computesInHostMemory(): boolean {
    return this.#runtime.synchronous && this.#runtime.outputs !== 'device';
  }

  /** A tensor's value under the tensor's own shape and type: its reshapes share its data id, on the cpu backend some casts too. */
  value(tensor: TensorInfo): LazyValue {
    const data = this.data.get(tensor.dataId);
    if (data.kind !== 'value')
      throw new Error(`onnx backend: a ${tensor.dtype} tensor cannot enter a graph.`);
    return cast(reshape(data.value, tensor.shape), tensor.dtype as HostType);
  }

  /** A new tensor with that value. */
  adopt(value: LazyValue): TensorInfo {
    this.#live.hold(value);
    const dataId = this.data.add({ kind: 'value', value, references: 1 });
    return { dataId, shape: [...value.shape], dtype: value.type as HostType };
  }

  adoptComplex(real: LazyValue, imaginary: LazyValue, shape: number[]): TensorInfo {
    for (const part of [real, imaginary]) this.#live.hold(part);
    return {
      dataId: this.data.add({ kind: 'complex', real, imaginary, references: 1 }),
      shape,
      dtype: 'complex64',
    };
  }

  /** A tensor with the real or the imaginary part of a complex one. */
  complexPart(tensor: TensorInfo, part: 'real' | 'imaginary'): TensorInfo {
    const data = this.data.get(tensor.dataId);
    if (data.kind !== 'complex')
      throw new Error(`onnx backend: expected a complex64 tensor, got ${tensor.dtype}.`);
    return this.adopt(reshape(data[part], tensor.shape));
  }

  /** The same data under another shape. */
  alias(tensor: TensorInfo, shape: number[] = tensor.shape): TensorInfo {
    this.incRef(tensor.dataId);
    return { dataId: tensor.dataId, shape, dtype: tensor.dtype };
  }

  /** Computes every live tensor, in one graph; on an asynchronous runtime only `read` can. */
  flush(): void {
    this.#live.flush();
  }

  /** Live values that no run has computed yet. */
  get pendingValues(): ReadonlySet<LazyValue> {
    return this.#live.pending;
  }

  /** A tensor's memory, computed now if it was not yet. */
  memoryOf(tensor: TensorInfo): Memory {
    const value = this.#valueOfComputed(tensor);
    if (!value.storage) this.#live.numbers(value);
    return value.storage!;
  }

  /** Whether a tensor's numbers can be seen through no other tensor. */
  isAlone(tensor: TensorInfo): boolean {
    const data = this.data.get(tensor.dataId);
    return data.kind === 'value' && data.references === 1 && data.value.storage?.holders === 1;
  }

  /** Gives a tensor that nobody else shares its data with another value. */
  replace(tensor: TensorInfo, value: LazyValue): void {
    const data = this.data.get(tensor.dataId);
    value.hold();
    for (const old of valuesOf(data)) this.#live.release(old);
    if (data.kind === 'value') data.value = value;
  }

  /** Values are recorded without end if nobody reads (losses collected in a list, say): runs what has piled up. */
  flushIfLong(): void {
    this.#live.flushIfLong(this.#options);
  }

  /** @throws where a kernel that falls back to the cpu backend would have to wait for one of its inputs */
  expectReadable(kernel: string, inputs: readonly (TensorInfo | null | undefined)[]): void {
    if (this.#runtime.synchronous) return;
    for (const input of inputs) {
      const unread = input && valuesOf(this.data.get(input.dataId)).find(({ storage }) => !storage?.array);
      if (unread) throw notReadYet(unread, kernel, this.description);
    }
  }

  /** The numbers of a tensor, not copied: for reading only. */
  numbers(tensor: TensorInfo): HostArray {
    this.#live.guard?.assertKnown(this.value(tensor), currentKernel());
    return this.#live.numbers(this.#valueOfComputed(tensor));
  }

  /** The numbers of a tensor to be changed in place, or null where someone else can see them. */
  exclusiveNumbers(tensor: TensorInfo): HostArray | null {
    const data = this.data.get(tensor.dataId);
    if (data.kind !== 'value' || data.references > 1 || data.value.type !== tensor.dtype) return null;
    const array = this.#live.numbers(data.value);
    const storage = data.value.storage!;
    if (storage.holders > 1) return null;
    storage.version++;
    return array;
  }

  /** A tensor with these numbers, which become the backend's own. */
  own(array: HostArray, shape: readonly number[], type: HostType): TensorInfo {
    return this.adopt(this.#written.own(array, shape, type));
  }

  /** A number that is part of the graph until it changes. */
  scalar(array: HostArray, type: HostType): LazyValue {
    return this.#written.scalar(array, type);
  }

  /** A tensor with a copy of these numbers. */
  copy(array: HostArray, shape: readonly number[], type: HostType): TensorInfo {
    return this.adopt(this.#written.copy(array, shape, type));
  }

  /** Makes a value a variable's. */
  assign(variable: Variable, value: LazyValue): void {
    if (this.refCount(variable.dataId) === 1) this.replace(variable, value);
    else {
      const tensor = engine().makeTensorFromTensorInfo(this.adopt(value));
      variable.assign(tensor);
      tensor.dispose();
    }
  }

  /** Whether a function is recorded, for export or for replays. */
  get isRecording(): boolean {
    return this.#live.guard !== null;
  }

  /** There while what is recorded is to be replayed. */
  get replay(): ReplayGuard | null {
    return this.#live.replay;
  }

  /** Runs `body`, which records for later: nothing is computed, and no memory is lent anew that a recording may read. */
  recordUnder<T>(guard: Guard, body: () => T): T {
    return this.#live.recordUnder(guard, body);
  }

  /** Waits until every live tensor has its numbers. */
  allComputed(): Promise<void> {
    return this.#live.allComputed();
  }

  // What tfjs asks of a backend.

  override write(values: BackendValues, shape: number[], dtype: DataType): DataId {
    this.flushIfLong();
    return this.data.add(this.#written.data(values, shape, dtype));
  }

  override move(
    dataId: DataId,
    values: BackendValues,
    shape: number[],
    dtype: DataType,
    refCount: number,
  ): void {
    const data = this.#written.data(values, shape, dtype);
    data.references = refCount;
    this.data.set(dataId, data);
  }

  override async read(dataId: DataId): Promise<BackendValues> {
    if (this.#runtime.synchronous) return this.readSync(dataId);
    const data = this.data.get(dataId);
    const values = valuesOf(data);
    // Whoever disposes of the tensor while we wait does not take its numbers away.
    for (const value of values) value.hold();
    try {
      for (const value of values) await this.#live.computed(value);
      return this.#read(data);
    } finally {
      for (const value of values) this.#live.release(value);
    }
  }

  override readSync(dataId: DataId): BackendValues {
    return this.#read(this.data.get(dataId));
  }

  override refCount(dataId: DataId): number {
    return this.data.has(dataId) ? this.data.get(dataId).references : 0;
  }

  override incRef(dataId: DataId): void {
    this.data.get(dataId).references++;
  }

  override disposeData(dataId: DataId, force = false): boolean {
    if (!this.data.has(dataId)) return true;
    const data = this.data.get(dataId);
    data.references--;
    if (!force && data.references > 0) return false;
    for (const value of valuesOf(data)) this.#live.release(value);
    this.data.delete(dataId);
    return true;
  }

  override numDataIds(): number {
    return this.data.size;
  }

  override memory(): { unreliable: boolean; reasons: string[] } {
    return {
      unreliable: true,
      reasons: ['Memory inside ONNX Runtime and buffers kept for reuse are not counted.'],
    };
  }

  override async time(body: () => void): Promise<{ kernelMs: number }> {
    // tfjs's profiler wants `body` to have run when this returns; where nothing can be run at once, what is pending counts too.
    this.flush();
    const start = performance.now();
    body();
    await this.#live.allComputed();
    return { kernelMs: performance.now() - start };
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override dispose(): void {
    this.#live.dispose();
    this.executor.dispose();
  }

  #read(data: TensorData): BackendValues {
    switch (data.kind) {
      case 'string':
        return data.strings;
      case 'complex':
        return pairs(this.#live.numbers(data.real), this.#live.numbers(data.imaginary));
      case 'value':
        return this.#live.numbers(data.value).slice();
    }
  }

  /**
   * A tensor's value, its data computed: under another shape they are then the same memory, which the tensor holds, and
   * not a result that nobody holds and the next run may overwrite.
   */
  #valueOfComputed(tensor: TensorInfo): LazyValue {
    const data = this.data.get(tensor.dataId);
    if (data.kind === 'value' && !data.value.storage) this.#live.numbers(data.value);
    return this.value(tensor);
  }

  #use(provider: Provider): void {
    if (!this.#runtime.synchronous) {
      throw new Error(
        `onnx backend: expected provider ${this.#runtime.provider} to stay, got ${provider}. ` +
          `${this.#runtime.description} is told once, when it is registered.`,
      );
    }
    this.flush();
    const runtime = this.#runtime.on(provider);
    this.executor.use(runtime);
    this.#runtime = runtime;
  }
}
