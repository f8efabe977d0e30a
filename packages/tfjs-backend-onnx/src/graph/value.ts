import type { Attributes, ElementType, Literal } from '../onnx/model.ts';
import type { RuntimeTensor } from '../runtime/runtime-tensor.ts';

export type HostArray = Float32Array | Int32Array | Uint8Array;

/** Memory with numbers. Several values may look at one storage under different shapes. */
export interface Memory {
  /** The numbers in this process's memory, or null where they are on a device alone. */
  array: HostArray | null;
  /** The same numbers on the device that computes, if that is where they are. */
  device: RuntimeTensor | null;
  /** Whether it came from the pool and goes back there. */
  readonly pooled: boolean;
  /** How many live tensor data (tfjs data ids) look at it. At 0 it may be reused. */
  holders: number;
  /** The last run that read it: a storage that the coming run reads must not become one of its outputs. */
  lastRead: number;
  /** How often its numbers were changed in place. */
  version: number;
}

export type HostMemory = Memory & { array: HostArray };

/** The work of an operation that runs in this process and not in ONNX Runtime (host-operation.ts). */
export interface HostWork {
  /** For every output the number of the input whose memory and numbers it takes over, or null: memory of its own. */
  readonly inPlace: readonly (number | null)[];
  run(inputs: readonly HostArray[], outputs: readonly HostArray[]): void;
}

/** One recorded operation: ONNX's, or one on the host. Recording gives it a place in a graph; nothing is computed. */
export interface Operation {
  readonly id: number;
  readonly type: string;
  readonly domain: string;
  readonly inputs: readonly (LazyValue | Literal)[];
  readonly attributes: Attributes;
  readonly outputs: readonly LazyValue[];
  /** Number of its type, attributes and literals: equal numbers mean equal operations. */
  readonly key: number;
  /** The tfjs kernel that recorded it, for error messages. */
  readonly kernel: string;
  /** Null where ONNX Runtime does it. */
  readonly host: HostWork | null;
  /** Why it could not be computed. It never will be: what it reads may be gone by now. */
  failure: Error | null;
  /** Scratch space of the traversal before a run. */
  visit: number;
  position: number;
  /** Where in the recorded order the graph shall compute it, if that was said; see `computeHere`. */
  place: number | null;
  /** Another one in the recorder's table with the same hash. */
  readonly next: Operation | undefined;
}

/**
 * A tensor that either has its numbers (`storage`) or knows how to get them (`operation`). Running the
 * graph turns the second into the first.
 */
export class LazyValue {
  readonly id: number = nextId++;
  readonly shape: readonly number[];
  readonly type: ElementType;
  operation: Operation | null = null;
  /** Which output of `operation` this is. */
  output = 0;
  storage: Memory | null = null;
  /** The place of its first number in the storage: above 0 for some rows of another value (targets.ts). */
  offset = 0;
  /** A number written as a scalar: part of the graph until it changes, an input from then on. */
  isConstant = false;
  /** Live tensor data with this value. */
  holders = 0;
  /** Scratch space of the traversal before a run: the number of this leaf. */
  visit = -1;
  position = 0;

  constructor(shape: readonly number[], type: ElementType) {
    this.shape = shape;
    this.type = type;
  }

  get size(): number {
    return sizeOf(this.shape);
  }

  hold(): void {
    this.holders++;
    if (this.storage) this.storage.holders++;
  }

  release(): void {
    this.holders--;
    if (this.storage) this.storage.holders--;
  }

  /** The graph that computed this value has run: it no longer needs its history. */
  settle(storage: Memory): void {
    storage.holders += this.holders;
    this.storage = storage;
    this.operation = null;
  }
}

let nextId = 0;

export function leaf(shape: readonly number[], type: ElementType, storage: Memory): LazyValue {
  const value = new LazyValue(shape, type);
  value.storage = storage;
  return value;
}

export function newMemory<Numbers extends HostArray | null>(
  array: Numbers,
  pooled = false,
): Memory & { array: Numbers } {
  return { array, device: null, pooled, holders: 0, lastRead: -1, version: 0 };
}

export function isOnHost(memory: Memory): memory is HostMemory {
  return memory.array !== null;
}

export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const dim of shape) size *= dim;
  return size;
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

export function isLiteral(input: LazyValue | Literal): input is Literal {
  return !(input instanceof LazyValue);
}
