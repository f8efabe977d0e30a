import * as tf from '@tensorflow/tfjs-core';
import * as ort from 'onnxruntime-web';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { batch, tinyGpt } from './__fixtures__/tiny-gpt.ts';
import { onnxBackend, registerOnnxBackend } from './web.ts';

// onnxruntime-web's own asynchronous interface, as a browser has it; it runs under Node too.
beforeAll(async () => {
  expect(() => onnxBackend()).toThrow('expected it to be ready, got none. Do registerOnnxBackend({ ort })');
  registerOnnxBackend({ ort, threads: 1 });
  expect(await tf.setBackend('onnx')).toBe(true);
});
beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

const runs = (): number => onnxBackend().statistics.runs;

test('it says what it is, and is registered once', () => {
  expect(onnxBackend().description).toBe('ONNX Runtime 1.30.0 for browsers, wasm');
  expect(() => registerOnnxBackend({ ort })).toThrow('expected to be registered once, got a second time');
  expect(() => onnxBackend().configure({ provider: 'webgpu' })).toThrow(
    'expected provider cpu to stay, got webgpu',
  );
});

describe('reading', () => {
  test('data() runs all that was recorded, in one graph', async () => {
    const before = runs();
    const x = tf.exp(tf.tensor1d([0, 1]));
    const y = tf.add(x, 1);
    const [a, b] = await Promise.all([x.data(), y.data()]);
    expect([a[0], b[0]]).toEqual([1, 2]);
    expect(runs() - before).toBe(1);
    expect(x.dataSync()[0]).toBe(1);
  });

  test('dataSync() of what is still to be computed says to use data()', () => {
    const x = tf.exp(tf.tensor1d([0, 1]));
    expect(() => x.dataSync()).toThrow(
      'expected numbers that are there, got a float32 [2] tensor of Exp that is still to be computed. ' +
        'ONNX Runtime 1.30.0 for browsers, wasm computes asynchronously: read with `await x.data()`, not dataSync().',
    );
  });

  test('a kernel that falls back names itself and the input, until that has been read', async () => {
    const x = tf.mul(tf.tensor1d([1, 3, 2]), 2);
    expect(() => tf.unique(x)).toThrow(
      'expected the inputs of Unique to be read already, got a float32 [3] tensor of Multiply that is not. ' +
        'Unique runs on the cpu backend, and ONNX Runtime 1.30.0 for browsers, wasm computes asynchronously: ' +
        '`await x.data()` on what goes into it.',
    );
    await x.data();
    expect([...(await tf.unique(x).values.data())]).toEqual([2, 6, 4]);
  });

  test('an error of ONNX Runtime reaches the reader, and only that one', async () => {
    const x = tf.tensor2d([
      [1, 2],
      [3, 4],
    ]);
    const bad = tf.gather(x, tf.neg(tf.tensor1d([-5], 'int32')));
    const good = tf.add(x, 1);
    await expect(bad.data()).rejects.toThrow('could not run the tfjs kernel GatherV2');
    expect([...(await good.data())]).toEqual([2, 3, 4, 5]);
    await expect(bad.data()).rejects.toThrow('could not run the tfjs kernel GatherV2');
  });

  test('complex64', async () => {
    const z = tf.complex(tf.exp(tf.tensor1d([0])), tf.mul(tf.tensor1d([3]), 2));
    expect([...(await z.data())]).toEqual([1, 6]);
  });
});

describe('while a run is on its way', () => {
  test('what is recorded on its results computes them no second time', async () => {
    const before = runs();
    const x = tf.exp(tf.tensor1d([0, 1]));
    const reading = x.data();
    const [y, again] = [tf.add(x, 1), tf.reshape(x, [2, 1])];
    expect((await reading)[0]).toBe(1);
    expect([...(await y.data())].map(Math.round)).toEqual([2, 4]);
    expect(runs() - before).toBe(2);
    expect((await again.data())[0]).toBe(1);
    expect(runs() - before).toBe(2);
  });

  test('tensors may be disposed of, read ones and their inputs too', async () => {
    const counts = (): number[] => [tf.memory().numTensors, onnxBackend().numDataIds()];
    const before = counts();
    const input = tf.tensor1d([0, 1]);
    const [x, other] = [tf.exp(input), tf.sin(input)];
    const reading = x.data();
    const y = tf.add(other, 1);
    tf.dispose([input, x, other]);
    expect((await reading)[0]).toBe(1);
    expect((await y.data())[0]).toBe(1);
    y.dispose();
    expect(counts()).toEqual(before);
  });

  test('what is recorded meanwhile reads its inputs, disposed of and followed by others of their size', async () => {
    const size = 3001;
    const x = tf.tensor1d(new Float32Array(size).fill(1));
    const row = tf.gather(tf.tensor1d([1, 2]), tf.neg(tf.tensor1d([-5], 'int32')));
    const reading = tf.exp(tf.zeros([2])).data(); // in a second graph, as the first one fails
    const y = tf.neg(x);
    x.dispose();
    expect((await reading)[0]).toBe(1);
    tf.tensor1d(new Float32Array(size).fill(9));
    expect((await y.data())[0]).toBe(-1);
    await expect(row.data()).rejects.toThrow('GatherV2');
  });

  test('what piles up unread is run, and can be read afterwards', async () => {
    onnxBackend().configure({ pendingOperations: 50 });
    const before = runs();
    let sum: tf.Tensor = tf.scalar(0);
    for (let i = 0; i < 200; i++) {
      const next = tf.add(sum, tf.tensor1d([i, i]));
      sum.dispose();
      sum = next;
      if (i % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    }
    onnxBackend().configure({ pendingOperations: 16_384 });
    expect(runs() - before).toBeGreaterThan(1);
    expect([...(await sum.data())]).toEqual([19_900, 19_900]);
  });
});

describe('training', () => {
  test("with a tfjs optimiser: minimize, then await the loss's data()", async () => {
    const model = tinyGpt();
    const weights = Object.values(model.weights);
    const optimizer = tf.train.adam(0.01);
    const losses: number[] = [];
    const step = async (): Promise<void> => {
      const { ids, labels } = batch(0);
      const loss = optimizer.minimize(() => model.loss(ids, labels), true, weights)!;
      losses.push((await loss.data())[0]!);
      tf.dispose([loss, ids, labels]);
    };
    for (let i = 0; i < 3; i++) await step();
    const { numTensors } = tf.memory();
    const { sessionBuilds } = onnxBackend().statistics;
    for (let i = 0; i < 5; i++) await step();
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(onnxBackend().statistics.sessionBuilds).toBe(sessionBuilds);
    expect(losses.at(-1)).toBeLessThan(losses[0]! - 0.3);
  });

  test('AdamW and rows of a cache are part of the graph, and leave what others hold as it was', async () => {
    const run = tf.engine();
    const [parameter, zeros] = [tf.tensor1d([1, 2, 3]), tf.zeros([3])];
    const clone = tf.clone(parameter);
    const inputs = {
      parameter,
      firstMoment: zeros,
      secondMoment: zeros,
      gradient: tf.ones([3]),
      scale: tf.scalar(1),
    };
    const step = (attrs: tf.NamedAttrMap): tf.Tensor[] =>
      run.runKernel('TenonAdamWUpdate', inputs, {
        learningRate: 0.1,
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
        weightDecay: 0,
        ...attrs,
      }) as tf.Tensor[];
    const [updated] = step({ biasCorrection1: 0.1, biasCorrection2: 0.001 });
    (await updated!.data()).forEach((number, i) => {
      expect(number).toBeCloseTo(i + 0.9, 5);
    });
    expect([...(await clone.data())]).toEqual([1, 2, 3]);
    const { sessionBuilds } = onnxBackend().statistics;
    await step({ biasCorrection1: 0.2, biasCorrection2: 0.002 })[0]!.data();
    expect(onnxBackend().statistics.sessionBuilds).toBe(sessionBuilds);

    const cache = tf.zeros([1, 2, 3, 1]);
    const write = (offset: number): tf.Tensor =>
      run.runKernel('TenonWriteRows', { cache, rows: tf.tensor4d([1, 2], [1, 2, 1, 1]) }, { offset });
    expect([...(await write(1).data())]).toEqual([0, 1, 0, 0, 2, 0]);
    const builds = onnxBackend().statistics.sessionBuilds;
    expect([...(await write(2).data())]).toEqual([0, 0, 1, 0, 0, 2]);
    expect(onnxBackend().statistics.sessionBuilds).toBe(builds);
  });
});
