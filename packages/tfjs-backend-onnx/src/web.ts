import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { engine, findBackendFactory } from '@tensorflow/tfjs-core';
import { OnnxBackend } from './backend.ts';
import { register } from './register.ts';
import { finishLater } from './runtime/steps.ts';
import { tryOut } from './runtime/try-out.ts';
import { type Ort, webRuntime } from './runtime/web-runtime.ts';

export type { OnnxBackend, OnnxBackendStatistics } from './backend.ts';
export type { DynamicAxes } from './export/dynamic-axes.ts';
export { type ExportOnnxOptions, exportOnnx } from './export/export-onnx.ts';
export type { ExportableFunction } from './export/record-forward.ts';
export type { OnnxBackendOptions, Provider } from './options.ts';
export { type Profile, type ProfileEntry, type ProfileOptions, profile } from './profile/profile.ts';
export type { NodeTime } from './profile/trace.ts';
export { type KernelReport, report } from './report.ts';
export type { Ort } from './runtime/web-runtime.ts';

const NEEDS = {
  wasm: "WebAssembly's files are fetched from beside the script of onnxruntime-web; ort.env.wasm.wasmPaths says where else.",
  webgpu:
    "WebGPU needs a browser and a graphics driver that have it, and `import * as ort from 'onnxruntime-web/webgpu'`. " +
    "Choose provider 'wasm' elsewhere.",
} as const;

export interface OnnxBackendSettings {
  /** The package `onnxruntime-web` as it was imported: its default entry, or `/webgpu` where that is the provider. */
  readonly ort: Ort;
  /** What computes: WebAssembly on the processor, or the graphics card. @default 'wasm' */
  readonly provider?: 'wasm' | 'webgpu';
  /**
   * Threads of WebAssembly. More than one needs a page that is cross-origin isolated.
   * @default onnxruntime-web's own: half of the cores, four at most
   */
  readonly threads?: number;
}

/**
 * Registers the backend `onnx` on onnxruntime-web, for browsers. It computes asynchronously: read tensors with
 * `await x.data()`, not with `dataSync()`.
 *
 * @throws where a backend of that name is registered already
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import * as ort from 'onnxruntime-web';
 * import { registerOnnxBackend } from '@tenon/tfjs-backend-onnx/web';
 *
 * registerOnnxBackend({ ort });
 * await tf.setBackend('onnx');
 * console.log(await tf.add([1, 2], 1).data()); // 2, 3
 * ```
 */
export function registerOnnxBackend({ ort, provider = 'wasm', threads }: OnnxBackendSettings): void {
  if (findBackendFactory('onnx')) {
    throw new Error(
      'onnx backend: expected to be registered once, got a second time. ' +
        "Call registerOnnxBackend once, before tf.setBackend('onnx'), and do not import the entry for Node as well.",
    );
  }
  if (threads !== undefined) ort.env.wasm.numThreads = threads;
  register('onnx', async () => {
    const runtime = webRuntime(ort, provider === 'wasm' ? 'cpu' : provider);
    await finishLater(tryOut(runtime, NEEDS[provider]));
    return new OnnxBackend(runtime, ort.env.wasm.numThreads || 1);
  });
}

/**
 * The backend that tfjs made under the name 'onnx'.
 *
 * @throws before `await tf.setBackend('onnx')`
 */
export function onnxBackend(): OnnxBackend {
  const known = engine().findBackend('onnx') as OnnxBackend | null;
  if (known) return known;
  throw new Error(
    "onnx backend: expected it to be ready, got none. Do registerOnnxBackend({ ort }) and `await tf.setBackend('onnx')` first.",
  );
}
