import { OnnxBackend } from './backend.ts';
import { knownProvider } from './options.ts';
import { nativeRuntime } from './runtime/native-runtime.ts';
import { physicalCores } from './runtime/physical-cores.ts';

/** The backend under Node. `TENON_ONNX_PROVIDER` chooses what it computes on. */
export function makeNodeBackend(): OnnxBackend {
  const provider = knownProvider(process.env['TENON_ONNX_PROVIDER'] ?? 'cpu');
  return new OnnxBackend(nativeRuntime(provider), physicalCores());
}
