import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from './backend.ts';
import { LazyValue } from './graph/value.ts';

/** One call of a tfjs kernel on this backend. */
export interface KernelCall<Attributes> {
  /** By name; kernels that take a list (Concat) have the names '0', '1', ... */
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  readonly attrs: Attributes;
  readonly backend: OnnxBackend;
  /** The value of a named input. */
  value(name: string): LazyValue;
}

/** What a kernel gives back: values to make tensors of, tensors it made itself, or undefined: "the cpu kernel shall do it". */
export type Lowered = LazyValue | TensorInfo | readonly (LazyValue | TensorInfo)[] | undefined;

export interface LoweredKernel {
  readonly name: string;
  /** Takes empty, string and complex tensors too. */
  readonly anyTensor: boolean;
  lower(call: KernelCall<never>): Lowered;
}

/** A tfjs kernel recorded as ONNX operations. It is asked for numeric tensors that are not empty. */
export function kernel<Attributes = Record<string, never>>(
  name: string,
  lower: (call: KernelCall<Attributes>) => Lowered,
): LoweredKernel {
  return { name, anyTensor: false, lower };
}

/** A kernel that does not look at numbers, and so takes every tensor. */
export function dataKernel<Attributes = Record<string, never>>(
  name: string,
  lower: (call: KernelCall<Attributes>) => Lowered,
): LoweredKernel {
  return { name, anyTensor: true, lower };
}

export function isValue(lowered: LazyValue | TensorInfo): lowered is LazyValue {
  return lowered instanceof LazyValue;
}
