import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { OrtModule } from 'onnxruntime-web/ort-wasm-simd-threaded.mjs';
import type { HostArray } from '../graph/value.ts';
import { typeCode } from '../onnx/model.ts';
import type { HostType } from './buffer-pool.ts';
import type { Fetches, NamedTensors, SynchronousRuntime, SynchronousSession } from './runtime.ts';
import type { RuntimeTensor } from './runtime-tensor.ts';

/** Errors only: they reach the caller as exceptions. */
const LOG_FATAL = 4;
const OPTIMIZE_ALL = 99;
const SEQUENTIAL = 0;
const ON_CPU = 1;
const POINTER_BYTES = 4;

/**
 * ONNX Runtime's WebAssembly build under Node, through the functions that the build exports: unlike
 * onnxruntime-web's InferenceSession, they return when they are done, so that dataSync() works. Only starting
 * it takes a promise.
 */
export async function wasmRuntime(threads: number): Promise<SynchronousRuntime> {
  const { default: loadModule } = await importModule();
  const before = Object.getOwnPropertyDescriptor(globalThis, 'Worker');
  const module = await loadModule({ numThreads: threads });
  const ort = new Ort(module);
  ort.check(module._OrtInit(threads, LOG_FATAL));
  // It makes Node's workers look like a browser's, by which libraries tell where they are.
  if (before) Object.defineProperty(globalThis, 'Worker', before);
  else Reflect.deleteProperty(globalThis, 'Worker');

  const runtime: SynchronousRuntime = {
    synchronous: true,
    description: `ONNX Runtime in WebAssembly (onnxruntime-web), ${threads === 1 ? '1 thread' : `${threads} threads`}`,
    provider: 'cpu',
    outputs: 'filled',
    tensor: (type, data, dims) => ({ type, data, dims, location: 'cpu', dispose: () => {} }),
    view: (tensor) => tensor, // nothing is on a device
    build: ({ bytes }) => ort.session(bytes),
    on(provider) {
      if (provider === 'cpu') return runtime;
      throw new Error(
        `onnx backend: expected provider cpu, got ${provider}: ${runtime.description} has no other. ` +
          'Install onnxruntime-node.',
      );
    },
  };
  return runtime;
}

/** An ES module that awaits cannot be required, and tsup makes a require of every `import()` that it sees in CommonJS. */
function importModule(): Promise<typeof import('onnxruntime-web/ort-wasm-simd-threaded.mjs')> {
  const path = createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.mjs');
  const load = new Function('url', 'return import(url)') as (url: string) => ReturnType<typeof importModule>;
  return load(pathToFileURL(path).href);
}

/** What the module's functions are called with lives in its memory, from malloc to free. */
class Ort {
  readonly #module: OrtModule;
  readonly #runOptions: number;

  constructor(module: OrtModule) {
    this.#module = module;
    this.#runOptions = module._OrtCreateRunOptions(LOG_FATAL, 0, false, 0);
  }

  session(model: Uint8Array): SynchronousSession {
    const ort = this.#module;
    const session = this.#scoped((allocate) => {
      const options = ort._OrtCreateSessionOptions(
        OPTIMIZE_ALL,
        true,
        false,
        SEQUENTIAL,
        false,
        0,
        0,
        LOG_FATAL,
        0,
        0,
      );
      const [key, value] = [
        this.#text('optimization.disable_specified_optimizers', allocate),
        this.#text('MatmulTransposeFusion', allocate),
      ];
      this.check(ort._OrtAddSessionConfigEntry(options, key, value));
      const handle = ort._OrtCreateSession(this.#copy(model, allocate), model.byteLength, options);
      const message = handle === 0 ? this.#lastError() : '';
      ort._OrtReleaseSessionOptions(options);
      if (handle === 0) throw new Error(message);
      return handle;
    });
    return {
      run: (feeds, fetches) => this.#run(session, feeds, fetches),
      dispose: () => void ort._OrtReleaseSession(session),
    };
  }

  /** @throws with ONNX Runtime's message where a call gives an error code */
  check(code: number): void {
    if (code !== 0) throw new Error(this.#lastError());
  }

  #run(session: number, feeds: NamedTensors, fetches: Fetches): NamedTensors {
    return this.#scoped((allocate) => {
      const inputs = Object.entries(feeds).map(([name, tensor]) => this.#enter(name, tensor, allocate, true));
      const outputs = Object.entries(fetches).map(([name, tensor]) =>
        // This runtime is always given the memory for its outputs.
        this.#enter(name, tensor!, allocate, false),
      );
      const list = (numbers: number[]): number => this.#copy(Int32Array.from(numbers), allocate);
      try {
        const code = this.#module._OrtRun(
          session,
          list(inputs.map(({ name }) => name)),
          list(inputs.map(({ handle }) => handle)),
          inputs.length,
          list(outputs.map(({ name }) => name)),
          outputs.length,
          list(outputs.map(({ handle }) => handle)),
          this.#runOptions,
        );
        this.check(code);
        for (const { bytes, data } of outputs) {
          bytes.set(this.#heap().subarray(data, data + bytes.byteLength));
        }
      } finally {
        for (const { handle } of [...inputs, ...outputs]) this.#module._OrtReleaseTensor(handle);
      }
      return fetches as NamedTensors; // filled
    });
  }

  #enter(name: string, tensor: RuntimeTensor, allocate: Allocate, copied: boolean): Entered {
    // `tensor` above made it of such an array.
    const array = tensor.data as HostArray;
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    const data = copied ? this.#copy(bytes, allocate) : allocate(bytes.byteLength);
    const dims = this.#copy(Int32Array.from(tensor.dims), allocate);
    const type = typeCode(tensor.type as HostType);
    const handle = this.#module._OrtCreateTensor(
      type,
      data,
      bytes.byteLength,
      dims,
      tensor.dims.length,
      ON_CPU,
    );
    if (handle === 0) throw new Error(this.#lastError());
    return { name: this.#text(name, allocate), handle, data, bytes };
  }

  #copy(array: Uint8Array | Int32Array, allocate: Allocate): number {
    const pointer = allocate(array.byteLength);
    this.#heap().set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), pointer);
    return pointer;
  }

  #text(text: string, allocate: Allocate): number {
    const bytes = this.#module.lengthBytesUTF8(text) + 1;
    const pointer = allocate(bytes);
    this.#module.stringToUTF8(text, pointer, bytes);
    return pointer;
  }

  #lastError(): string {
    return this.#scoped((allocate) => {
      const at = allocate(2 * POINTER_BYTES);
      this.#module._OrtGetLastError(at, at + POINTER_BYTES);
      const message = this.#module.getValue(at + POINTER_BYTES, '*');
      return message === 0 ? 'an error without a message' : this.#module.UTF8ToString(message);
    });
  }

  /** The memory as it is now: another thread may have made it grow, which a call into the module notices. */
  #heap(): Uint8Array {
    this.#module.getValue(0, 'i32');
    return this.#module.HEAPU8;
  }

  /** Frees what `body` allocates when it is done. */
  #scoped<Result>(body: (allocate: Allocate) => Result): Result {
    const pointers: number[] = [];
    try {
      return body((bytes) => {
        const pointer = this.#module._malloc(Math.max(bytes, 1)) >>> 0;
        if (pointer === 0) {
          throw new RangeError(`expected ${bytes} bytes of WebAssembly memory (4 GB at most), got none`);
        }
        pointers.push(pointer);
        return pointer;
      });
    } finally {
      for (const pointer of pointers) this.#module._free(pointer);
    }
  }
}

type Allocate = (bytes: number) => number;

interface Entered {
  /** Pointer to the name. */
  readonly name: number;
  /** ONNX Runtime's tensor. */
  readonly handle: number;
  /** Pointer to its numbers in the module's memory. */
  readonly data: number;
  /** Our numbers. */
  readonly bytes: Uint8Array;
}
