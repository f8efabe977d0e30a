import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import {
  type DataId,
  type DataType,
  getKernel,
  type KernelConfig,
  type NamedAttrMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { OnnxBackend } from './backend.ts';
import type { HostArray } from './graph/value.ts';
import { type HostType, hostArray } from './runtime/buffer-pool.ts';

type KernelInputs = Readonly<Record<string, TensorInfo | TensorInfo[] | null | undefined>>;

/** Any kernel of the cpu backend, run on this backend's tensors: their numbers are lent to a cpu backend of our own. */
export function runOnCpu(
  name: string,
  inputs: KernelInputs,
  attrs: NamedAttrMap,
  backend: OnnxBackend,
): TensorInfo | TensorInfo[] {
  const kernel: KernelConfig | null = getKernel(name, 'cpu') ?? null;
  if (!kernel) {
    throw new Error(
      `onnx backend: expected kernel ${name} to support ${describe(inputs)}; ` +
        'neither this backend nor the cpu backend (its fallback) does.',
    );
  }
  const lender = new Lender(backend);
  try {
    const lent = lender.lendAll(inputs);
    // tfjs types the inputs of list kernels (Concat) as a map too.
    const result = kernel.kernelFunc({ inputs: lent as Record<string, TensorInfo>, attrs, backend: cpu() });
    return Array.isArray(result) ? result.map((tensor) => lender.collect(tensor)) : lender.collect(result);
  } finally {
    lender.close();
  }
}

function describe(inputs: KernelInputs): string {
  return Object.entries(inputs)
    .map(([name, input]) => [name, [input].flat()[0]] as const)
    .map(([name, tensor]) => `${name}: ${tensor?.dtype} [${tensor?.shape}]`)
    .join(', ');
}

let cpuBackend: MathBackendCPU | null = null;

function cpu(): MathBackendCPU {
  if (!cpuBackend) {
    cpuBackend = new MathBackendCPU();
    // On its first write it would print that a native backend is faster, to users of a native backend.
    (cpuBackend as unknown as { firstUse: boolean }).firstUse = false;
  }
  return cpuBackend;
}

/** Moves numbers between the two backends for the length of one kernel call. */
class Lender {
  readonly #backend: OnnxBackend;
  readonly #lent = new Set<HostArray>();
  readonly #dataIds: DataId[] = [];

  constructor(backend: OnnxBackend) {
    this.#backend = backend;
  }

  /** Inputs come by name or as a list (Concat), and a few kernels have a list among the named ones (RaggedGather). */
  lendAll(inputs: KernelInputs): KernelInputs {
    const lendOne = (input: KernelInputs[string]): KernelInputs[string] =>
      Array.isArray(input) ? input.map((tensor) => this.#lend(tensor)) : input && this.#lend(input);
    if (Array.isArray(inputs)) return inputs.map(lendOne) as unknown as KernelInputs; // as tfjs types lists
    return Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, lendOne(input)]));
  }

  #lend(tensor: TensorInfo): TensorInfo {
    const { shape, dtype } = tensor;
    const data = this.#backend.data.get(tensor.dataId);
    switch (data.kind) {
      case 'string':
        return this.#put(shape, dtype, data.strings);
      case 'value':
        return this.#put(shape, dtype, this.#numbers(tensor));
      case 'complex': {
        const realPart = this.#backend.complexPart(tensor, 'real');
        const imaginaryPart = this.#backend.complexPart(tensor, 'imaginary');
        const complex = this.#put(shape, dtype, undefined);
        const real = this.#put(shape, 'float32', this.#numbers(realPart));
        const imag = this.#put(shape, 'float32', this.#numbers(imaginaryPart));
        cpu().data.get(complex.dataId).complexTensorInfos = { real, imag };
        this.#backend.disposeData(realPart.dataId);
        this.#backend.disposeData(imaginaryPart.dataId);
        return complex;
      }
    }
  }

  collect(result: TensorInfo): TensorInfo {
    const { dataId, shape, dtype } = result;
    // Some kernels answer with a tensor that tfjs already knows; it moves here when it is next used.
    if (!cpu().data.has(dataId)) return result;
    this.#dataIds.push(dataId);
    const { values, complexTensorInfos } = cpu().data.get(dataId);
    if (dtype === 'string') {
      return { dataId: this.#backend.write(values!, shape, dtype), shape, dtype };
    }
    if (complexTensorInfos) {
      const parts = [complexTensorInfos.real, complexTensorInfos.imag].map((part) => this.collect(part));
      const [real, imaginary] = parts.map((part) => this.#backend.value({ ...part, shape }));
      const complex = this.#backend.adoptComplex(real!, imaginary!, shape);
      for (const part of parts) this.#backend.disposeData(part.dataId);
      return complex;
    }
    return this.#backend.own(this.#owned(values as HostArray, dtype as HostType), shape, dtype as HostType);
  }

  close(): void {
    for (const dataId of this.#dataIds) cpu().disposeData(dataId, true);
  }

  /** Kernels like Reshape and Complex hand on what they were lent, and some compute in another type. */
  #owned(values: HostArray, type: HostType): HostArray {
    const lent = [...this.#lent].some((array) => array.buffer === values.buffer);
    const right = values.constructor === hostArray(type, 0).constructor;
    return right && !lent ? values : hostArray(type, values);
  }

  #numbers(tensor: TensorInfo): HostArray {
    const numbers = this.#backend.numbers(tensor);
    this.#lent.add(numbers);
    return numbers;
  }

  #put(shape: number[], dtype: DataType, values: HostArray | Uint8Array[] | undefined): TensorInfo {
    const dataId = {};
    cpu().data.set(dataId, { dtype, refCount: 1, ...(values && { values }) });
    this.#dataIds.push(dataId);
    // Some kernels ask for the rank, as if they were given tensors (the gradients of Dilation2D).
    const lent: TensorInfo & { rank: number } = { dataId, shape, dtype, rank: shape.length };
    return lent;
  }
}
