import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { report } from '../report.ts';

/** Numbers that repeat from run to run, in [-2, 2), never an exact integer. */
export function numbers(shape: number[], seed = 1): tf.Tensor {
  const size = tf.util.sizeFromShape(shape);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => (Math.sin(seed * 12.9898 + i * 78.233) * 43758.5453) % 2),
    shape,
  );
}

interface Read {
  readonly shape: number[];
  readonly dtype: string;
  readonly data: number[];
}

export interface LikeCpuOptions {
  /** Compare the gradients by every float32 input too. @default false */
  readonly gradients?: boolean;
  /** Fail where a kernel falls back. @default false */
  readonly lowered?: boolean;
  /** Largest difference, relative to the larger of the number and 1. @default 2e-5 */
  readonly tolerance?: number;
}

/** Fails unless `call` gives on onnx what it gives on cpu. */
export async function expectLikeCpu(
  call: (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[],
  inputs: tf.Tensor[],
  options: LikeCpuOptions = {},
): Promise<void> {
  const onCpu = await on('cpu', call, inputs, options);
  const before = fallbacks();
  const onOnnx = await on('onnx', call, inputs, options);
  if (options.lowered) expect(fallbacks()).toEqual(before);
  const { tolerance = 2e-5 } = options;
  expect(onOnnx.map(({ shape, dtype }) => [shape, dtype])).toEqual(
    onCpu.map(({ shape, dtype }) => [shape, dtype]),
  );
  onCpu.forEach(({ data }, index) => {
    data.forEach((wanted, i) => {
      const got = onOnnx[index]!.data[i]!;
      const near =
        Object.is(got, wanted) || Math.abs(got - wanted) <= tolerance * Math.max(1, Math.abs(wanted));
      if (!near) expect.fail(`result ${index} at ${i}: expected ${wanted} as on cpu, got ${got}`);
    });
  });
}

async function on(
  backend: string,
  call: (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[],
  inputs: tf.Tensor[],
  { gradients }: LikeCpuOptions,
): Promise<Read[]> {
  await tf.setBackend(backend);
  const results = tf.tidy(() => {
    const outputs = [call(...inputs)].flat();
    if (!gradients) return outputs;
    const weights = numbers(outputs[0]!.shape, 9);
    const loss = (...given: tf.Tensor[]): tf.Tensor => tf.sum(tf.mul([call(...given)].flat()[0]!, weights));
    return [...outputs, ...tf.grads(loss)(inputs)];
  });
  const read = results.map((tensor) => ({
    shape: tensor.shape,
    dtype: tensor.dtype,
    data: [...tensor.dataSync()],
  }));
  tf.dispose(results);
  return read;
}

function fallbacks(): string[] {
  return report()
    .filter(({ fallback }) => fallback > 0)
    .map(({ kernel, fallback }) => `${kernel} ${fallback}`);
}
