import type { HostArray } from '../graph/value.ts';
import type { OnnxBackendOptions } from '../options.ts';
import type { HostType } from './buffer-pool.ts';

// What the executor is written against. ONNX Runtime comes in several builds, each with an interface of its
// own: a native library whose calls give their results at once, and one for browsers that gives promises.

/** A tensor of ONNX Runtime's own, as its builds have it. */
export interface RuntimeTensor {
  readonly type: string;
  readonly dims: readonly number[];
  /** Its numbers. Fails, or ends the process, where they are on a device. */
  readonly data: unknown;
  /** `cpu` where the numbers are in this process's memory. */
  readonly location: string;
  dispose(): void;
}

export type NamedTensors = Record<string, RuntimeTensor>;

/** Where to put outputs: into that tensor, or into new memory where there is null. */
export type Fetches = Record<string, RuntimeTensor | null>;

interface BaseRuntime {
  /** A few words for people: which build, which version, what it computes on. */
  readonly description: string;
  /** Makes a tensor that looks at these numbers. */
  tensor(type: HostType, numbers: HostArray, shape: readonly number[]): RuntimeTensor;
}

/** A build whose calls return when they are done: tensors can be read at any time. */
export interface SynchronousRuntime extends BaseRuntime {
  readonly synchronous: true;
  build(model: Uint8Array<ArrayBuffer>, options: OnnxBackendOptions): SynchronousSession;
}

export interface SynchronousSession {
  run(feeds: NamedTensors, fetches: Fetches): NamedTensors;
  dispose(): void;
}

/** A build that computes while JavaScript goes on: tensors are read with `await`. */
export interface AsynchronousRuntime extends BaseRuntime {
  readonly synchronous: false;
  build(model: Uint8Array<ArrayBuffer>, options: OnnxBackendOptions): Promise<AsynchronousSession>;
}

export interface AsynchronousSession {
  run(feeds: NamedTensors, fetches: Fetches): Promise<NamedTensors>;
  dispose(): void;
}

export type Runtime = SynchronousRuntime | AsynchronousRuntime;
export type Session = SynchronousSession | AsynchronousSession;
