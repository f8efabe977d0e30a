import { physicalCores } from './runtime/physical-cores.ts';

export interface OnnxBackendOptions {
  /** Threads that one operation may use. @default the cores this process may use, hardware threads of one core counted once */
  readonly threads: number;
  /** Compiled graphs that are kept, the least recently used one making room. @default 64 */
  readonly cachedSessions: number;
  /** Operations recorded without anything being read before they are run all the same. @default 16384 */
  readonly pendingOperations: number;
  /** Bytes of disposed tensors that recorded operations still want to read before these are run all the same. @default 2 ** 30 */
  readonly pendingBytes: number;
}

export const defaultOptions: OnnxBackendOptions = {
  threads: physicalCores(),
  cachedSessions: 64,
  pendingOperations: 16_384,
  pendingBytes: 2 ** 30,
};

/** Checks options and completes them. @throws where a number is not a positive integer */
export function completeOptions(
  changes: Partial<OnnxBackendOptions>,
  before: OnnxBackendOptions,
): OnnxBackendOptions {
  for (const [name, value] of Object.entries(changes)) {
    if (!(name in defaultOptions)) {
      throw new Error(
        `onnx backend: expected an option among ${Object.keys(defaultOptions).join(', ')}, got ${name}.`,
      );
    }
    if (!Number.isInteger(value) || value < 1) {
      throw new Error(`onnx backend: expected ${name} to be a positive integer, got ${value}.`);
    }
  }
  return { ...before, ...changes };
}
