import { OnnxBackend } from './backend.ts';
import { knownProvider } from './options.ts';
import { MissingLibrary, nativeRuntime } from './runtime/native-runtime.ts';
import { physicalCores } from './runtime/physical-cores.ts';
import type { SynchronousRuntime } from './runtime/runtime.ts';

/**
 * The backend under Node. `TENON_ONNX_PROVIDER` chooses what it computes on. Where there is no native library,
 * a promise of one that runs on ONNX Runtime's WebAssembly build.
 */
export function makeNodeBackend(): OnnxBackend | Promise<OnnxBackend> {
  const provider = knownProvider(process.env['TENON_ONNX_PROVIDER'] ?? 'cpu');
  try {
    return new OnnxBackend(nativeRuntime(provider), physicalCores());
  } catch (error) {
    if (!(error instanceof MissingLibrary) || provider !== 'cpu') throw error;
    return onWebAssembly(error);
  }
}

let started: Promise<SynchronousRuntime> | null = null;

async function onWebAssembly(reason: MissingLibrary): Promise<OnnxBackend> {
  if (!started) {
    console.warn(`${reason.message} Until then it runs on WebAssembly, several times slower.`);
    started = import('./runtime/wasm-runtime.ts').then(({ wasmRuntime }) => wasmRuntime(physicalCores()));
  }
  return new OnnxBackend(await started, physicalCores());
}
