import * as tf from '@tensorflow/tfjs-core';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect } from 'vitest';
import { type ExportableFunction, type ExportOnnxOptions, exportOnnx } from '../index.ts';

export type Inputs = Record<string, tf.Tensor>;

/** Runs a model, from its bytes or its file, in a plain session of ONNX Runtime. */
export async function runModel(model: Uint8Array | string, inputs: Inputs): Promise<Record<string, Tensor>> {
  // Its two overloads take one of the two each.
  const session = await InferenceSession.create(model as string, { logSeverityLevel: 3 });
  const wide = session.inputMetadata.flatMap((input) =>
    input.isTensor && input.type === 'int64' ? [input.name] : [],
  );
  const feeds = Object.entries(inputs).map(([name, x]) => {
    const numbers = x.dataSync();
    if (wide.includes(name)) return [name, new Tensor('int64', BigInt64Array.from(numbers, BigInt), x.shape)];
    return [name, new Tensor(x.dtype as 'float32', numbers as Float32Array, x.shape)];
  });
  try {
    return (await session.run(Object.fromEntries(feeds))) as Record<string, Tensor>;
  } finally {
    await session.release();
  }
}

/** Exports a function, and compares the model with it on the cpu backend and on this one, at the example's sizes and others. */
export async function expectExported(
  fn: ExportableFunction,
  example: Inputs,
  others: readonly Inputs[],
  options: ExportOnnxOptions = {},
): Promise<Uint8Array> {
  await tf.setBackend('onnx');
  const model = await exportOnnx(fn, example, options);
  for (const inputs of [example, ...others]) {
    const results = await runModel(model, inputs);
    for (const backend of ['cpu', 'onnx']) {
      await tf.setBackend(backend);
      expectSame(
        results,
        tf.tidy(() => called(fn, inputs)),
      );
    }
  }
  return model;
}

/** What the function gives, always by name. */
function called(fn: ExportableFunction, inputs: Inputs): Inputs {
  const returned = fn(inputs);
  return returned instanceof tf.Tensor ? { output: returned } : { ...returned };
}

function expectSame(results: Record<string, Tensor>, expected: Inputs): void {
  expect(Object.keys(results)).toEqual(Object.keys(expected));
  for (const [name, x] of Object.entries(expected)) {
    expect(results[name]!.dims).toEqual(x.shape);
    const wanted = x.dataSync();
    const actual = Array.from(results[name]!.data as Float32Array, Number);
    for (const [i, number] of actual.entries()) {
      const allowed = 2e-5 * Math.max(1, Math.abs(wanted[i]!));
      if (!(Math.abs(number - wanted[i]!) <= allowed || Object.is(number, wanted[i])))
        expect.fail(`${name}[${i}]: expected ${wanted[i]}, got ${number}`);
    }
  }
}

/** Numbers between −1 and 1. */
export function waves(...shape: number[]): tf.Tensor {
  const size = shape.reduce((product, dim) => product * dim, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(i * 1.7)),
    shape,
  );
}

/** Whole numbers from 0 to 4. */
export function ids(...shape: number[]): tf.Tensor {
  const size = shape.reduce((product, dim) => product * dim, 1);
  return tf.tensor(
    Int32Array.from({ length: size }, (_, i) => (i * 7) % 5),
    shape,
    'int32',
  );
}
