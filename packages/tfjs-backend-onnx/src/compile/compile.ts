import { engine, getBackend, type Tensor } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import { LeastRecentlyUsed } from '../graph/least-recently-used.ts';
import { difference } from './compare.ts';
import { Program } from './program.ts';
import { type AnyFunction, discard, type Recording, recordFunction } from './record.ts';
import { flatten, type TensorTree, type TreeShape, unflatten } from './tree.ts';

export interface CompileOptions {
  /** Shapes of arguments that are kept, the least recently used one making room. @default 8 */
  readonly cachedShapes?: number;
  /**
   * For inference: captured variables and tensors become part of the graph, which ONNX Runtime packs and fuses in advance.
   * One that changes afterwards is an error. The numbers are there twice then, and beyond two gigabytes they stay inputs.
   * @default false
   */
  readonly freeze?: boolean;
}

/** A compiled function: called like the one it was made from. */
export interface Compiled<Arguments extends TensorTree[], Result> {
  (...args: Arguments): Result;
  /** Drops the compiled graphs and the numbers that they hold. What was returned stays the caller's. */
  dispose(): void;
}

interface Entry {
  readonly recording: Recording;
  readonly program: Program;
  calls: number;
}

/** An optimiser of tfjs makes its variables in the first step; who makes more of them in each step cannot be replayed. */
const RECORDINGS_WITH_NEW_VARIABLES = 2;

/**
 * Records a function once for each shape of its arguments, and replays it without running its JavaScript again.
 *
 * Arguments and results are tensors, or tensors in arrays and plain objects. Variables and tensors that the
 * function captures are looked up at each call; assignments to variables happen at each call, too. JavaScript
 * inside of the function runs only while it is recorded: numbers that change from call to call must come in
 * tensors. In its 2nd, 4th, 8th, ... call it is recorded again, and what differs is an error.
 *
 * On other backends than `onnx`, and where ONNX Runtime computes asynchronously or on a device, it is called as it is.
 *
 * @throws when the function reads numbers, calls a kernel that has to, keeps or disposes of tensors that are not
 * its own, or does not record the same again; and when a captured tensor was disposed of.
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { compile } from '@tenon/tfjs-backend-onnx';
 *
 * await tf.setBackend('onnx');
 * const weight = tf.variable(tf.ones([3, 1]));
 * const step = compile((x: tf.Tensor2D, y: tf.Tensor2D, rate: tf.Scalar) => {
 *   const loss = () => tf.mean(tf.squaredDifference(tf.matMul(x, weight as tf.Tensor2D), y)) as tf.Scalar;
 *   const { value, grads } = tf.variableGrads(loss, [weight]);
 *   weight.assign(tf.sub(weight, tf.mul(grads[weight.name]!, rate)));
 *   return value;
 * });
 * const [x, y] = [tf.ones<tf.Rank.R2>([8, 3]), tf.zeros<tf.Rank.R2>([8, 1])];
 * for (let i = 0; i < 5; i++) step(x, y, tf.scalar(0.1 / (i + 1))).print();
 * step.dispose();
 * ```
 */
export function compile<Arguments extends TensorTree[], Result>(
  fn: (...args: Arguments) => Result,
  { cachedShapes = 8, freeze = false }: CompileOptions = {},
): Compiled<Arguments, Result> {
  const compiled = new CompiledFunction(fn, cachedShapes, freeze);
  return Object.assign(
    (...args: Arguments): Result => {
      const backend = compilingBackend();
      return backend ? (compiled.call(backend, args) as Result) : fn(...args);
    },
    { dispose: (): void => compiled.dispose() },
  );
}

/** The current backend, where it can run what was recorded at once; null where the function is called as it is. */
function compilingBackend(): OnnxBackend | null {
  if (getBackend() !== 'onnx') return null;
  const backend = engine().backend as OnnxBackend; // the one that this package registered under that name
  // Inside of another recording it is a part of that.
  return backend.computesInHostMemory && !backend.isRecording ? backend : null;
}

class CompiledFunction {
  readonly #fn: AnyFunction;
  readonly #freeze: boolean;
  readonly #cachedShapes: number;
  readonly #entries: LeastRecentlyUsed<Entry>;
  /** While a profile is taken: recorded for it alone, and traced. */
  #traced: LeastRecentlyUsed<Entry> | null = null;
  #recordingsWithNewVariables = 0;
  /** Whose memory the entries read: after `tf.removeBackend` there is another one. */
  #backend: OnnxBackend | null = null;

  constructor(fn: AnyFunction, cachedShapes: number, freeze: boolean) {
    this.#fn = fn;
    this.#freeze = freeze;
    this.#cachedShapes = cachedShapes;
    this.#entries = newEntries(cachedShapes);
  }

  call(backend: OnnxBackend, args: readonly unknown[]): unknown {
    if (this.#backend !== backend) this.dispose();
    this.#backend = backend;
    const tensors: Tensor[] = [];
    const shape = flatten(args, 'arguments', tensors);
    const key = signature(backend, shape, tensors);
    const entries = this.#entriesFor(backend);
    const known = entries.get(key);
    const entry = known ?? this.#record(backend, shape, tensors);
    if (known) this.#verify(backend, entries, key, shape, tensors);
    const memories = tensors.map((tensor) => backend.memoryOf(tensor));
    const values = entry.program.run(memories);
    entry.calls++;
    if (!known) this.#keep(entries, key, entry);
    const results = values.map((value) => engine().makeTensorFromTensorInfo(backend.adopt(value)));
    return unflatten(entry.recording.resultShape, results);
  }

  dispose(): void {
    this.#entries.clear();
    this.#traced?.clear();
  }

  #entriesFor({ executor }: OnnxBackend): LeastRecentlyUsed<Entry> {
    const { tracing } = executor.graphs;
    if (!tracing) return this.#entries;
    if (!this.#traced) {
      this.#traced = newEntries(this.#cachedShapes);
      tracing.atEnd(() => {
        this.#traced?.clear();
        this.#traced = null;
      });
    }
    return this.#traced;
  }

  #record(backend: OnnxBackend, shape: TreeShape, tensors: readonly Tensor[]): Entry {
    const recording = recordFunction(backend, this.#fn, shape, tensors);
    return { recording, program: new Program(backend, recording, this.#freeze), calls: 0 };
  }

  #keep(entries: LeastRecentlyUsed<Entry>, key: string, entry: Entry): void {
    if (!entry.recording.madeVariables) {
      entries.set(key, entry);
      return;
    }
    entry.program.dispose();
    discard(entry.recording);
    if (++this.#recordingsWithNewVariables <= RECORDINGS_WITH_NEW_VARIABLES) return;
    throw new Error(
      'compile: expected the function to make its variables in its first call, got new ones in every call. Make them outside.',
    );
  }

  /** Records again in the 2nd, 4th, 8th, ... call. */
  #verify(
    backend: OnnxBackend,
    entries: LeastRecentlyUsed<Entry>,
    key: string,
    shape: TreeShape,
    tensors: readonly Tensor[],
  ): void {
    const entry = entries.get(key)!; // asked for because it is there
    const call = entry.calls + 1;
    if ((call & (call - 1)) !== 0) return;
    const again = recordFunction(backend, this.#fn, shape, tensors);
    const found = difference(entry.recording, again);
    discard(again);
    if (!found) return;
    entries.delete(key);
    throw new Error(
      `compile: expected the function to record the same in every call, got in its call ${call}: ${found}. ` +
        'A replay would not see that: pass what changes as an argument, in a tensor.',
    );
  }
}

function newEntries(cachedShapes: number): LeastRecentlyUsed<Entry> {
  return new LeastRecentlyUsed(cachedShapes, ({ recording, program }) => {
    program.dispose();
    discard(recording);
  });
}

/** Equal for calls that one recording serves. */
function signature({ options }: OnnxBackend, shape: TreeShape, tensors: readonly Tensor[]): string {
  const types = tensors.map((tensor) => {
    if (tensor.dtype !== 'string' && tensor.dtype !== 'complex64') return `${tensor.dtype}[${tensor.shape}]`;
    throw new Error(
      `compile: expected tensors of float32, int32 or bool, got ${tensor.dtype} [${tensor.shape}]. Leave it outside of the function.`,
    );
  });
  return `${JSON.stringify(shape)}${types}/${options.threads}`;
}
