import {
  getKernelsForBackend,
  type KernelFunc,
  type NamedAttrMap,
  registerBackend,
  registerKernel,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { OnnxBackend } from './backend.ts';
import { runOnCpu } from './fallback.ts';
import { recordingFor } from './graph/recorder.ts';
import { sizeOf } from './graph/value.ts';
import { isValue, type KernelCall, type LoweredKernel } from './kernel.ts';
import { loweredKernels } from './kernels/index.ts';
import { countFallback, countLowered } from './report.ts';

/** Above cpu (1) and wasm (2), level with tfjs-node. */
const PRIORITY = 3;

/** Tells tfjs of this backend and its kernels: the lowered ones, and all of the cpu backend's as fallbacks. */
export function register(backendName: string, makeBackend: () => OnnxBackend | Promise<OnnxBackend>): void {
  registerBackend(backendName, makeBackend, PRIORITY);
  const lowered = new Set(loweredKernels.map(({ name }) => name));
  for (const kernel of loweredKernels) {
    registerKernel({ kernelName: kernel.name, backendName, kernelFunc: kernelFunction(kernel) });
  }
  for (const { kernelName } of getKernelsForBackend('cpu')) {
    if (lowered.has(kernelName)) continue;
    const kernelFunc: KernelFunc = ({ inputs, attrs, backend }) =>
      fallBack(kernelName, inputs as Record<string, TensorInfo>, attrs ?? {}, backend as OnnxBackend);
    registerKernel({ kernelName, backendName, kernelFunc });
  }
}

function kernelFunction(kernel: LoweredKernel): KernelFunc {
  return (params) => {
    const inputs = params.inputs as Record<string, TensorInfo>;
    const attrs = params.attrs ?? {};
    const backend = params.backend as OnnxBackend;
    backend.flushIfLong();
    backend.replay?.sees(Object.values(inputs));
    if (kernel.anyTensor || Object.values(inputs).every(canEnterGraph)) {
      const call = { inputs, attrs, backend, value: (name: string) => backend.value(inputs[name]!) };
      // The kernel's file says which attributes tfjs sends to it.
      const lowered = recordingFor(kernel.name, () => kernel.lower(call as KernelCall<never>));
      if (lowered) {
        countLowered(kernel.name);
        const list = Array.isArray(lowered) ? lowered : null;
        const tensors = (list ?? [lowered]).map((one) => (isValue(one) ? backend.adopt(one) : one));
        return list ? tensors : tensors[0]!;
      }
    }
    return fallBack(kernel.name, inputs, attrs, backend);
  };
}

function fallBack(
  name: string,
  inputs: Record<string, TensorInfo>,
  attrs: NamedAttrMap,
  backend: OnnxBackend,
): TensorInfo | TensorInfo[] {
  backend.expectReadable(name, Object.values(inputs).flat());
  backend.replay?.sees(Object.values(inputs));
  // The graph that computes the inputs runs first, and is not the fallback's time.
  if (Object.keys(inputs).length > 0) backend.flush();
  const start = performance.now();
  const result = recordingFor(name, () => runOnCpu(name, inputs, attrs, backend));
  countFallback(name, performance.now() - start);
  return result;
}

function canEnterGraph(tensor: TensorInfo | null | undefined): boolean {
  // An optional input (the bias of a fused product) may be absent.
  if (!tensor) return true;
  return tensor.dtype !== 'string' && tensor.dtype !== 'complex64' && sizeOf(tensor.shape) > 0;
}
