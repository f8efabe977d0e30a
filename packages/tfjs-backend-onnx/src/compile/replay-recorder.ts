import { engine, scalar, type Tensor, type TensorInfo, Variable } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import type { Guard, ReplayGuard } from '../graph/guard.ts';
import {
  type HostArray,
  isLiteral,
  type LazyValue,
  leaf,
  type Memory,
  newMemory,
  type Operation,
} from '../graph/value.ts';
import type { HostType } from '../runtime/buffer-pool.ts';

/** A function in JavaScript that wants to see a value's numbers at every replay. */
export interface Look {
  readonly value: LazyValue;
  readonly look: (numbers: HostArray) => void;
}

/** Watches the recording of a compiled function: tells apart its arguments, what it captures and what it writes. */
export class ReplayRecorder implements Guard, ReplayGuard {
  readonly released: LazyValue[] = [];
  readonly replay: ReplayGuard = this;
  /** The captured tensor or variable by the memory that it had when it was seen. */
  readonly captured: Map<Memory, Tensor> = new Map();
  readonly looks: Look[] = [];
  readonly actions: (() => void)[] = [];
  readonly #backend: OnnxBackend;
  readonly #arguments: ReadonlySet<Memory>;
  /** What each variable held before, by its data. */
  readonly #owners: ReadonlyMap<object, Variable>;
  readonly #written = new Set<Memory>();
  /** Tensors that the function makes have later ids. */
  readonly #firstId: number = newestId();

  constructor(backend: OnnxBackend, placeholders: ReadonlySet<Memory>, variables: Iterable<Variable>) {
    this.#backend = backend;
    this.#owners = new Map([...variables].map((variable) => [variable.dataId, variable]));
    this.#arguments = placeholders;
  }

  sees(inputs: readonly (TensorInfo | null | undefined)[]): void {
    for (const input of inputs.flat()) {
      if (!input) continue;
      const data = this.#backend.data.get(input.dataId);
      if (data.kind !== 'value') continue;
      const { storage } = data.value;
      if (!storage || this.#arguments.has(storage) || this.#written.has(storage)) continue;
      const tensor = this.#owners.get(input.dataId) ?? asTensor(input);
      const known = this.captured.get(storage);
      // A tensor that the function assigned to a variable; tfjs tells nobody which it was.
      if (tensor instanceof Variable && !this.#owners.has(input.dataId)) this.wrote(storage);
      else if (!known) this.captured.set(storage, tensor);
      else if (tensor.id > this.#firstId)
        continue; // a view of what was captured: a transposition that moves nothing
      else if (known !== tensor && [known, tensor].some((one) => one instanceof Variable)) {
        this.captured.set(this.#ownMemory(input), tensor);
      }
    }
  }

  /** Two variables may look at one memory now and at two in a later call: one of them gets a copy. */
  #ownMemory(tensor: TensorInfo): Memory {
    const numbers = this.#backend.memoryOf(tensor).array!.slice();
    const memory = newMemory(numbers);
    this.#backend.replace(tensor, leaf([...tensor.shape], tensor.dtype as HostType, memory));
    return memory;
  }

  wrote(memory: Memory): void {
    this.#written.add(memory);
  }

  looksAt(value: LazyValue, look: (numbers: HostArray) => void): void {
    this.looks.push({ value, look });
  }

  atReplay(action: () => void): void {
    this.actions.push(action);
  }

  assertKnown(value: LazyValue, kernel?: string): void {
    if (this.#isKnown(value)) return;
    const what = `a ${value.type} [${value.shape}] tensor${value.operation ? ` made by the tfjs kernel ${value.operation.kernel}` : ''}`;
    if (kernel === undefined) {
      throw new Error(
        `compile: expected the function to read no numbers, got a read of ${what}. They are computed after the function ` +
          'was recorded: return the tensor, and leave data(), dataSync() and array() to the caller.',
      );
    }
    throw new Error(
      `compile: expected operations that can be recorded, got the tfjs kernel ${kernel}, which runs on the host and reads ${what}. ` +
        'Use other operations, or compute it outside of the function and pass it as an argument.',
    );
  }

  /** Whether it depends on nothing but numbers that the function itself wrote. */
  #isKnown(value: LazyValue): boolean {
    if (value.storage) return this.#written.has(value.storage);
    const seen = new Set<Operation>([value.operation!]);
    for (const operation of seen) {
      if (operation.host) return false;
      for (const input of operation.inputs) {
        if (isLiteral(input)) continue;
        if (input.operation) seen.add(input.operation);
        else if (!this.#written.has(input.storage!)) return false;
      }
    }
    return true;
  }
}

/** Every tensor made from now on has a greater one. */
function newestId(): number {
  const tensor = scalar(0);
  tensor.dispose();
  return tensor.id;
}

/** Kernels are called with tfjs' tensors; a few call each other with what stands behind one. */
function asTensor(input: TensorInfo): Tensor {
  if ('isDisposed' in input) return input as Tensor;
  return engine().makeTensorFromTensorInfo(input);
}
