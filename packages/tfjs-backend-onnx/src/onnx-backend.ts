import { engine } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from './backend.ts';
import { makeNodeBackend } from './node-backend.ts';

/**
 * The backend that tfjs made under the name 'onnx' (it makes it now, if it has not been used yet).
 *
 * @throws where ONNX Runtime's native library cannot be loaded: what is missing and how to get it
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
  const known = engine().findBackend('onnx') ?? makeNodeBackend();
  return known as OnnxBackend;
}
