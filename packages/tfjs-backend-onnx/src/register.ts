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
import type { LazyValue } from './graph/value.ts';
import { isValue, type KernelCall, type Lowered, type LoweredKernel } from './kernel.ts';
import { loweredKernels } from './kernels/index.ts';
import { countsOf, type KernelCounts } from './report.ts';

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
    const counts = countsOf(kernelName);
    const kernelFunc: KernelFunc = ({ inputs, attrs, backend }) =>
      fallBack(kernelName, counts, inputs as Inputs, attrs ?? {}, backend as OnnxBackend);
    registerKernel({ kernelName, backendName, kernelFunc });
  }
}

type Inputs = Record<string, TensorInfo>;

function kernelFunction({ name, anyTensor, lower }: LoweredKernel): KernelFunc {
  const counts = countsOf(name);
  // The kernel's file says which attributes tfjs sends to it.
  const body = lower as (call: KernelCall<NamedAttrMap>) => Lowered;
  return (params) => {
    const inputs = params.inputs as Inputs;
    const attrs = params.attrs ?? {};
    const backend = params.backend as OnnxBackend;
    backend.flushIfLong();
    backend.replay?.sees(Object.values(inputs));
    if (anyTensor || canEnterGraph(inputs)) {
      const call: KernelCall<NamedAttrMap> = {
        inputs,
        attrs,
        backend,
        value(input) {
          return backend.value(inputs[input]!);
        },
      };
      const lowered = recordingFor(name, body, call);
      if (lowered) {
        counts.lowered++;
        if (Array.isArray(lowered)) return lowered.map((one) => tensorOf(one, backend));
        return tensorOf(lowered as LazyValue | TensorInfo, backend); // Array.isArray does not tell readonly lists apart
      }
    }
    return fallBack(name, counts, inputs, attrs, backend);
  };
}

function tensorOf(lowered: LazyValue | TensorInfo, backend: OnnxBackend): TensorInfo {
  return isValue(lowered) ? backend.adopt(lowered) : lowered;
}

function fallBack(
  name: string,
  counts: KernelCounts,
  inputs: Inputs,
  attrs: NamedAttrMap,
  backend: OnnxBackend,
): TensorInfo | TensorInfo[] {
  backend.expectReadable(name, Object.values(inputs).flat());
  backend.replay?.sees(Object.values(inputs));
  // The graph that computes the inputs runs first, and is not the fallback's time.
  if (Object.keys(inputs).length > 0) backend.flush();
  const start = performance.now();
  const result = recordingFor(name, () => runOnCpu(name, inputs, attrs, backend), undefined);
  counts.fallback++;
  counts.fallbackMs += performance.now() - start;
  return result;
}

function canEnterGraph(inputs: Inputs): boolean {
  for (const name in inputs) {
    const tensor = inputs[name];
    // An optional input (the bias of a fused product) may be absent.
    if (!tensor) continue;
    if (tensor.dtype === 'string' || tensor.dtype === 'complex64' || tensor.shape.includes(0)) return false;
  }
  return true;
}
