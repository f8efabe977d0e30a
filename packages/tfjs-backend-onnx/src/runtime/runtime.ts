import type { HostArray } from '../graph/value.ts';
import type { OnnxBackendOptions, Provider } from '../options.ts';
import type { MemoryType } from './buffer-pool.ts';
import type { RuntimeTensor } from './runtime-tensor.ts';

// What the executor is written against. ONNX Runtime comes in several builds, each with an interface of its
// own: a native library whose calls give their results at once, and one for browsers that gives promises.

export type NamedTensors = Readonly<Record<string, RuntimeTensor>>;

/** Where to put outputs: into that tensor, or into new memory where there is null. */
export type Fetches = Readonly<Record<string, RuntimeTensor | null>>;

export interface Model {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Outputs that stay on the device. */
  readonly onDevice: readonly string[];
  /** Nodes that the provider shall leave to the cpu. */
  readonly onCpu: readonly string[];
  /** Of all outputs together. @default 0 */
  readonly outputBytes?: number;
  /** Whether the session keeps the memory of what it computes on the way. @default true */
  readonly keepsMemory?: boolean;
  /** Where ONNX Runtime writes a trace of the session, if it can: the file's name as far as it is ours. @default none */
  readonly tracePrefix?: string | null;
}

interface BaseRuntime {
  /** A few words for people: which build, which version, what it computes on. */
  readonly description: string;
  /** What it computes on: ONNX Runtime's execution provider. */
  readonly provider: Provider;
  /** How it gives outputs: written into our memory, in new memory, or left on a device. */
  readonly outputs: 'filled' | 'new' | 'device';
  /** A tensor that looks at these numbers. */
  tensor(type: MemoryType, numbers: HostArray, shape: readonly number[]): RuntimeTensor;
  /** A tensor on a device under another shape. It must not outlive the first. */
  view(tensor: RuntimeTensor, shape: readonly number[]): RuntimeTensor;
}

/** A build whose calls return when they are done: tensors can be read at any time. */
export interface SynchronousRuntime extends BaseRuntime {
  readonly synchronous: true;
  build(model: Model, options: OnnxBackendOptions): SynchronousSession;
  /** The same build on another provider. @throws where this machine does not have it */
  on(provider: Provider): SynchronousRuntime;
}

export interface SynchronousSession {
  run(feeds: NamedTensors, fetches: Fetches): NamedTensors;
  dispose(): void;
}

/** A build that computes while JavaScript goes on: tensors are read with `await`. */
export interface AsynchronousRuntime extends BaseRuntime {
  readonly synchronous: false;
  build(model: Model, options: OnnxBackendOptions): Promise<AsynchronousSession>;
}

export interface AsynchronousSession {
  run(feeds: NamedTensors, fetches: Fetches): Promise<NamedTensors>;
  dispose(): void;
}

export type Runtime = SynchronousRuntime | AsynchronousRuntime;
export type Session = SynchronousSession | AsynchronousSession;
