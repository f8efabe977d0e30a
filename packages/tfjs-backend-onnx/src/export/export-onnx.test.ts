import * as tf from '@tensorflow/tfjs-core';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeEach, describe, expect, test } from 'vitest';
import { type ExportableFunction, type ExportOnnxOptions, exportOnnx } from '../index.ts';

type Inputs = Record<string, tf.Tensor>;

beforeEach(() => tf.setBackend('onnx'));

/** Runs a model in a plain session of ONNX Runtime. */
async function run(model: Uint8Array | string, inputs: Inputs): Promise<Record<string, Tensor>> {
  const session = await InferenceSession.create(model as string, { logSeverityLevel: 3 });
  const wide = new Set(
    session.inputMetadata.flatMap((input) => (input.isTensor && input.type === 'int64' ? [input.name] : [])),
  );
  const feeds = Object.entries(inputs).map(([name, x]) => {
    const numbers = x.dataSync();
    return [
      name,
      wide.has(name)
        ? new Tensor('int64', BigInt64Array.from(numbers, BigInt), x.shape)
        : new Tensor(x.dtype as 'float32', numbers as Float32Array, x.shape),
    ];
  });
  const results = await session.run(Object.fromEntries(feeds));
  await session.release();
  return results as Record<string, Tensor>;
}

/** Exports, and compares the model with the function on the cpu backend and on this one, on other inputs than the example's. */
async function check(
  fn: ExportableFunction,
  examples: Inputs,
  others: readonly Inputs[],
  options: ExportOnnxOptions = {},
): Promise<Uint8Array> {
  const model = await exportOnnx(fn, examples, options);
  for (const inputs of [examples, ...others]) {
    const results = await run(model, inputs);
    for (const backend of ['cpu', 'onnx']) {
      await tf.setBackend(backend);
      const returned = tf.tidy(() => fn(inputs) as tf.TensorContainer) as ReturnType<ExportableFunction>;
      const expected = (returned instanceof tf.Tensor ? { output: returned } : returned) as Inputs;
      expect(Object.keys(results)).toEqual(Object.keys(expected));
      for (const [name, x] of Object.entries(expected)) {
        expect(results[name]!.dims).toEqual(x.shape);
        const [actual, wanted] = [[...(results[name]!.data as Float32Array)].map(Number), [...x.dataSync()]];
        for (const [i, value] of actual.entries()) expect(value).toBeCloseTo(wanted[i]!, 4);
      }
    }
  }
  return model;
}

const ramp = (...shape: number[]): tf.Tensor => {
  const size = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(i * 1.7)),
    shape,
  );
};
const ids = (...shape: number[]): tf.Tensor => {
  const size = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(
    Int32Array.from({ length: size }, (_, i) => (i * 7) % 5),
    shape,
    'int32',
  );
};

describe('exportOnnx', () => {
  test('a dense net, with a batch of any size', async () => {
    const [w1, w2] = [tf.variable(ramp(4, 8)), tf.variable(ramp(8, 3))];
    const bias = tf.variable(ramp(8));
    await check(
      ({ x }) =>
        tf.softmax(
          tf.matMul(
            tf.relu(tf.add(tf.matMul(x as tf.Tensor2D, w1 as tf.Tensor2D), bias)) as tf.Tensor2D,
            w2 as tf.Tensor2D,
          ),
        ),
      { x: ramp(1, 4) },
      [{ x: ramp(7, 4) }, { x: ramp(2, 4) }],
      { dynamicAxes: { x: { 0: 'batch_size' } } },
    );
  });

  test('attention with a causal mask and positions made by JavaScript', async () => {
    const table = tf.variable(ramp(32, 8));
    const positions = tf.variable(ramp(32, 8));
    const fn: ExportableFunction = ({ input_ids }) => {
      const [B, T] = input_ids!.shape as [number, number];
      const mask = tf.tensor2d(
        Float32Array.from({ length: T * T }, (_, i) => (i % T > Math.floor(i / T) ? -1e9 : 0)),
        [T, T],
      );
      const order = tf.tensor1d(
        Int32Array.from({ length: T }, (_, i) => i),
        'int32',
      );
      const x = tf.add(tf.gather(table, input_ids!), tf.gather(positions, order));
      const heads = tf.transpose(tf.reshape(x, [B, T, 2, 4]), [0, 2, 1, 3]);
      const scores = tf.add(tf.mul(tf.matMul(heads, heads, false, true), 0.5), mask);
      const mixed = tf.transpose(tf.matMul(tf.softmax(scores), heads), [0, 2, 1, 3]);
      const rows = tf.reshape(mixed, [B * T, 8]);
      return {
        logits: tf.reshape(tf.matMul(rows as tf.Tensor2D, table as tf.Tensor2D, false, true), [B, T, 32]),
        last: tf.slice(tf.reshape(rows, [B, T, 8]), [0, T - 1, 0], [B, 1, 8]),
      };
    };
    await check(fn, { input_ids: ids(1, 6) }, [{ input_ids: ids(3, 9) }, { input_ids: ids(2, 1) }], {
      dynamicAxes: { input_ids: { 0: 'batch_size', 1: 'sequence_length' } },
      int64: true,
      parameters: { 'wte.weight': table, 'wpe.weight': positions },
    });
  });
});
