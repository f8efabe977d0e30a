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
import { currentKernel, recordedCount, reshape } from './graph/recorder.ts';
import { type HostArray, type LazyValue, leaf, type Memory, newMemory } from './graph/value.ts';
import { completeOptions, defaultOptions, type OnnxBackendOptions, type Provider } from './options.ts';
import type { HostType } from './runtime/buffer-pool.ts';
import { Executor, type ExecutorStatistics } from './runtime/executor.ts';
import { releaseUnheld } from './runtime/host-stage.ts';
import type { Runtime } from './runtime/runtime.ts';
import { finish, finishLater } from './runtime/steps.ts';
import { type TensorData, TensorStore } from './tensor-data.ts';

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
  /** Live values that no run has computed yet, in the order in which they were recorded. */
  readonly #pending = new Set<LazyValue>();
  /** The run of an asynchronous runtime that is on its way. */
  #flight: Promise<void> | null = null;
  /** Whether a microtask is queued that runs what is pending. */
  #pauseAwaited = false;
  /** There while a function is recorded for export or for replays, when nothing runs. */
  #guard: Guard | null = null;
  #options: OnnxBackendOptions;

  /** @param threads that one operation may use */
  constructor(runtime: Runtime, threads: number) {
    super();
    this.#runtime = runtime;
    this.#options = defaultOptions(runtime.provider, threads);
    this.data = new TensorStore(this);
    this.executor = new Executor(runtime, this.#options);
  }

  get statistics(): OnnxBackendStatistics {
    return {
      ...this.executor.statistics,
      cachedSessions: this.executor.cachedSessions,
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
    value.hold();
    if (!value.storage) this.#expect(value);
    const dataId = this.data.add({ kind: 'value', value, references: 1 });
    return { dataId, shape: [...value.shape], dtype: value.type as HostType };
  }

  adoptComplex(real: LazyValue, imaginary: LazyValue, shape: number[]): TensorInfo {
    for (const part of [real, imaginary]) {
      part.hold();
      if (!part.storage) this.#expect(part);
    }
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
    if (!this.#runtime.synchronous || this.#guard) return;
    const outputs = [...this.#pending];
    this.#pending.clear();
    this.executor.run(outputs);
  }

  /** Live values that no run has computed yet. */
  get pendingValues(): ReadonlySet<LazyValue> {
    return this.#pending;
  }

  /** A tensor's memory, computed now if it was not yet. */
  memoryOf(tensor: TensorInfo): Memory {
    const value = this.#valueOfComputed(tensor);
    if (!value.storage) this.#settled(value);
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
    for (const old of valuesOf(data)) this.#release(old);
    if (data.kind === 'value') data.value = value;
  }

  /** Values are recorded without end if nobody reads (losses collected in a list, say): runs what has piled up. */
  flushIfLong(): void {
    if (this.#guard) return;
    const { pendingOperations, pendingBytes } = this.#options;
    if (recordedCount() <= pendingOperations && this.executor.memories.releasedBytes <= pendingBytes) return;
    this.#start();
  }

  /**
   * Notes a live value to be computed. What is recorded until the caller awaits something runs there: so a loop that
   * awaits but reads nothing (model.fit of tfjs-layers) runs one graph a step, the same each time, and not one of as
   * many steps as pass until someone reads.
   */
  #expect(value: LazyValue): void {
    this.#pending.add(value);
    if (this.#pauseAwaited) return;
    this.#pauseAwaited = true;
    queueMicrotask(() => {
      this.#pauseAwaited = false;
      if (this.#pending.size > 0 && !this.#guard) this.#start();
    });
  }

  /** Runs what is pending, or has it run. */
  #start(): void {
    if (this.#runtime.synchronous) this.flush();
    // Where it fails, the tensors stay to be computed, and reading them says so.
    else if (!this.#flight) this.#launch().catch(() => {});
  }

  /** @throws where a kernel that falls back to the cpu backend would have to wait for one of its inputs */
  expectReadable(kernel: string, inputs: readonly (TensorInfo | null | undefined)[]): void {
    if (this.#runtime.synchronous) return;
    for (const input of inputs) {
      const unread = input && valuesOf(this.data.get(input.dataId)).find(({ storage }) => !storage?.array);
      if (!unread) continue;
      throw new Error(
        `onnx backend: expected the inputs of ${kernel} to be read already, got ${describe(unread)} that is not. ` +
          `${kernel} runs on the cpu backend, and ${this.description} computes asynchronously: ` +
          '`await x.data()` on what goes into it.',
      );
    }
  }

  /** The numbers of a tensor, not copied: for reading only. */
  numbers(tensor: TensorInfo): HostArray {
    this.#guard?.assertKnown(this.value(tensor), currentKernel());
    return this.#settled(this.#valueOfComputed(tensor));
  }

  /** The numbers of a tensor to be changed in place, or null where someone else can see them. */
  exclusiveNumbers(tensor: TensorInfo): HostArray | null {
    const data = this.data.get(tensor.dataId);
    if (data.kind !== 'value' || data.references > 1 || data.value.type !== tensor.dtype) return null;
    const array = this.#settled(data.value);
    const storage = data.value.storage!;
    if (storage.holders > 1) return null;
    storage.version++;
    return array;
  }

  /** A tensor with these numbers, which become the backend's own. */
  own(array: HostArray, shape: readonly number[], type: HostType): TensorInfo {
    return this.adopt(leaf(shape, type, this.#written(newMemory(array))));
  }

  /** A number that is part of the graph until it changes. */
  scalar(array: HostArray, type: HostType): LazyValue {
    const value = leaf([], type, this.#written(newMemory(array)));
    value.isConstant = true;
    return value;
  }

  /** A tensor with a copy of these numbers. */
  copy(array: HostArray, shape: readonly number[], type: HostType): TensorInfo {
    return this.adopt(leaf(shape, type, this.#written(this.executor.memories.pool.copy(type, array))));
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
    return this.#guard !== null;
  }

  /** There while what is recorded is to be replayed. */
  get replay(): ReplayGuard | null {
    return this.#guard?.replay ?? null;
  }

  /** Runs `body`, which records for later: nothing is computed, and no memory is lent anew that a recording may read. */
  recordUnder<T>(guard: Guard, body: () => T): T {
    this.#guard = guard;
    try {
      return body();
    } finally {
      this.#guard = null;
      releaseUnheld(guard.released, (...memory) => this.executor.release(...memory, false));
    }
  }

  // What tfjs asks of a backend.

  override write(values: BackendValues, shape: number[], dtype: DataType): DataId {
    this.flushIfLong();
    return this.data.add(this.#dataOf(values, shape, dtype));
  }

  override move(
    dataId: DataId,
    values: BackendValues,
    shape: number[],
    dtype: DataType,
    refCount: number,
  ): void {
    const data = this.#dataOf(values, shape, dtype);
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
      for (const value of values) await this.#computed(value);
      return this.#read(data);
    } finally {
      for (const value of values) this.#release(value);
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
    for (const value of valuesOf(data)) this.#release(value);
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
    await this.allComputed();
    return { kernelMs: performance.now() - start };
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override dispose(): void {
    this.#pending.clear();
    this.executor.dispose();
  }

  /** Copies: the array given stays its owner's, to change or to keep, while our copy may be updated in place. */
  #dataOf(values: BackendValues, shape: number[], dtype: DataType): TensorData {
    if (dtype === 'string') return { kind: 'string', strings: values as Uint8Array[], references: 1 };
    const numbers = values as HostArray;
    if (dtype === 'complex64') {
      const part = (offset: 0 | 1): LazyValue =>
        this.#held(
          Float32Array.from({ length: numbers.length / 2 }, (_, i) => numbers[2 * i + offset]!),
          shape,
          'float32',
        );
      return { kind: 'complex', real: part(0), imaginary: part(1), references: 1 };
    }
    return { kind: 'value', value: this.#held(numbers, shape, dtype), references: 1 };
  }

  #held(numbers: HostArray, shape: number[], type: HostType): LazyValue {
    const value = leaf([...shape], type, this.#written(this.executor.memories.pool.copy(type, numbers)));
    value.isConstant = shape.length === 0;
    value.hold();
    return value;
  }

  #written(memory: Memory): Memory {
    this.replay?.wrote(memory);
    return memory;
  }

  #read(data: TensorData): BackendValues {
    switch (data.kind) {
      case 'string':
        return data.strings;
      case 'complex': {
        const [real, imaginary] = [this.#settled(data.real), this.#settled(data.imaginary)];
        const pairs = new Float32Array(2 * real.length);
        for (let i = 0; i < real.length; i++) {
          pairs[2 * i] = real[i]!;
          pairs[2 * i + 1] = imaginary[i]!;
        }
        return pairs;
      }
      case 'value':
        return this.#settled(data.value).slice();
    }
  }

  /**
   * A tensor's value, its data computed: under another shape they are then the same memory, which the tensor holds, and
   * not a result that nobody holds and the next run may overwrite.
   */
  #valueOfComputed(tensor: TensorInfo): LazyValue {
    const data = this.data.get(tensor.dataId);
    if (data.kind === 'value' && !data.value.storage) this.#settled(data.value);
    return this.value(tensor);
  }

  #settled(value: LazyValue): HostArray {
    if (this.replay) this.#guard!.assertKnown(value);
    if (!value.storage) {
      if (!this.#runtime.synchronous) throw notComputed(value, this.#runtime.description);
      if (this.#guard) {
        this.#guard.assertKnown(value);
        this.#pending.delete(value);
        this.executor.run([value]);
        if (value.storage) this.#written(value.storage);
      } else if (!value.operation!.failure) {
        this.#pending.add(value);
        this.flush();
      }
      throwFailure(value);
    }
    const storage = value.storage!;
    if (!storage.array) {
      if (!this.#runtime.synchronous) throw notComputed(value, this.#runtime.description);
      finish(this.executor.download(storage));
    }
    return storage.array!;
  }

  async #computed(value: LazyValue): Promise<void> {
    while (!value.storage) {
      throwFailure(value);
      if (!this.#flight) this.#pending.add(value);
      await (this.#flight ?? this.#launch());
    }
    const { storage } = value;
    while (!storage.array) {
      if (this.#flight)
        await this.#flight.catch(() => {}); // whoever waits for that one is told
      else await this.#fly(() => finishLater(this.executor.download(storage)));
    }
  }

  /** Waits until every live tensor has its numbers. */
  async allComputed(): Promise<void> {
    this.flush();
    while (this.#flight || this.#pending.size > 0) await (this.#flight ?? this.#launch());
  }

  /** Starts a run of all that is pending; none may be on its way. */
  #launch(): Promise<void> {
    // A value that was on its way when a second tensor took it is there by now.
    const outputs = [...this.#pending].filter(({ storage }) => !storage);
    this.#pending.clear();
    return this.#fly(async () => {
      try {
        await this.executor.runAsynchronously(outputs);
      } catch (error) {
        for (const output of outputs) if (output.holders > 0) this.#pending.add(output);
        throw error;
      }
    });
  }

  /** One thing at a time: ONNX Runtime for browsers refuses a second. */
  #fly(work: () => Promise<void>): Promise<void> {
    this.#flight = work().finally(() => {
      this.#flight = null;
    });
    return this.#flight;
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

  #release(value: LazyValue): void {
    value.release();
    if (!value.storage) {
      if (value.holders === 0) this.#pending.delete(value);
    } else if (value.storage.holders === 0) {
      if (this.#guard) this.#guard.released.push(value);
      else this.executor.release(value, value.storage, this.#pending.size > 0);
    }
  }
}

function valuesOf(data: TensorData): readonly LazyValue[] {
  switch (data.kind) {
    case 'string':
      return [];
    case 'complex':
      return [data.real, data.imaginary];
    case 'value':
      return [data.value];
  }
}

/** Reading what could not be computed fails, each time, with the reason; everything else can be read. */
function throwFailure({ operation }: LazyValue): void {
  if (operation?.failure) throw operation.failure;
}

function notComputed(value: LazyValue, runtime: string): Error {
  return new Error(
    `onnx backend: expected numbers that are there, got ${describe(value)} that is still to be computed. ` +
      `${runtime} computes asynchronously: read with \`await x.data()\`, not dataSync().`,
  );
}

function describe(value: LazyValue): string {
  const by = value.operation ? ` of ${value.operation.kernel}` : '';
  return `a ${value.type} [${value.shape}] tensor${by}`;
}
