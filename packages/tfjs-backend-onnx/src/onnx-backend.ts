import { engine } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from './backend.ts';
import { makeNodeBackend } from './node-backend.ts';

/**
 * The backend that tfjs made under the name 'onnx' (it makes it now, if it has not been used yet).
 *
 * @throws where this machine lacks the provider that TENON_ONNX_PROVIDER names: what is missing and how to get it
 * @throws without a native library before `await tf.setBackend('onnx')`: WebAssembly takes a moment to start
 * @example
 * ```ts
 * import { onnxBackend } from '@tenon/tfjs-backend-onnx';
 *
 * onnxBackend().configure({ threads: 4 });
 * console.log(onnxBackend().statistics);
 * ```
 */
export function onnxBackend(): OnnxBackend {
  // tfjs hides why a backend could not be made; making one directly says it.
  const known = (engine().findBackend('onnx') as OnnxBackend | null) ?? makeNodeBackend();
  if (known instanceof Promise) {
    throw new Error(
      "onnx backend: expected it to be ready, got one that is still starting. Do `await tf.setBackend('onnx')` first.",
    );
  }
  return known;
}
