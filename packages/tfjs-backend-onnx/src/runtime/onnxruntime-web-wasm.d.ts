// onnxruntime-web ships no types for its WebAssembly module. This is the part of its interface used here; what
// the functions do is in onnxruntime/wasm/api.h. Pointers and handles are numbers, 0 is none.
declare module 'onnxruntime-web/ort-wasm-simd-threaded.mjs' {
  export interface OrtModule {
    /** The memory; a new object whenever it has grown. */
    readonly HEAPU8: Uint8Array<SharedArrayBuffer>;
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    lengthBytesUTF8(text: string): number;
    stringToUTF8(text: string, pointer: number, bytes: number): void;
    UTF8ToString(pointer: number): string;
    setValue(pointer: number, value: number, type: 'i32' | '*'): void;
    getValue(pointer: number, type: 'i32' | '*'): number;
    _OrtInit(threads: number, logLevel: number): number;
    _OrtGetLastError(code: number, message: number): number;
    _OrtCreateSessionOptions(
      optimizationLevel: number,
      cpuMemoryArena: boolean,
      memoryPattern: boolean,
      executionMode: number,
      profiling: boolean,
      profileFilePrefix: number,
      logId: number,
      logSeverity: number,
      logVerbosity: number,
      optimizedModelFile: number,
    ): number;
    _OrtAddSessionConfigEntry(options: number, key: number, value: number): number;
    _OrtCreateSession(model: number, bytes: number, options: number): number;
    _OrtReleaseSession(session: number): number;
    _OrtReleaseSessionOptions(options: number): number;
    _OrtCreateTensor(
      type: number,
      data: number,
      bytes: number,
      dims: number,
      rank: number,
      location: number,
    ): number;
    _OrtReleaseTensor(tensor: number): number;
    _OrtCreateRunOptions(logSeverity: number, logVerbosity: number, terminate: boolean, tag: number): number;
    _OrtRun(
      session: number,
      inputNames: number,
      inputs: number,
      inputCount: number,
      outputNames: number,
      outputCount: number,
      outputs: number,
      options: number,
    ): number;
  }

  export default function load(settings: { numThreads: number }): Promise<OrtModule>;
}
