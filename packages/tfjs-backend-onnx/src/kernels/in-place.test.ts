import '../index.ts';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const attrs = {
  learningRate: 0.1,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
  biasCorrection1: 0.1,
  biasCorrection2: 0.001,
};

function adamW(parameter: tf.Tensor, firstMoment: tf.Tensor, secondMoment: tf.Tensor): tf.Tensor[] {
  const inputs = {
    parameter,
    firstMoment,
    secondMoment,
    gradient: tf.ones(parameter.shape),
    scale: tf.scalar(1),
  };
  return tf.engine().runKernel('TenonAdamWUpdate', inputs, attrs) as tf.Tensor[];
}

beforeEach(async () => {
  await tf.setBackend('onnx');
  tf.engine().startScope();
});
afterEach(() => tf.engine().endScope());

test('TenonOwn makes an array a tensor without copying it', () => {
  const values = Float32Array.of(1, 2, 3, 4);
  const x = tf.engine().runKernel('TenonOwn', {}, { values, shape: [2, 2] } as never) as tf.Tensor;
  expect(x.shape).toEqual([2, 2]);
  values[3] = 9;
  expect([...tf.add(x, 1).dataSync()]).toEqual([2, 3, 4, 10]);
});

describe('TenonAdamWUpdate', () => {
  test('updates its own memory in place', () => {
    const [p, m, v] = [tf.tensor1d([1, 2, 3]), tf.zeros([3]), tf.zeros([3])];
    m.dataSync();
    const [p2, m2, v2] = adamW(p, m, v);
    expect(p2!.dataId).toBe(p.dataId);
    expect(m2!.dataId).toBe(m.dataId);
    expect(v2!.dataId).toBe(v.dataId);
    p2!.dataSync().forEach((number, i) => {
      expect(number).toBeCloseTo(i + 0.9, 5);
    });
  });

  test("leaves a clone, a reshape and the user's array as they were", () => {
    const array = Float32Array.of(1, 2, 3, 4);
    const p = tf.tensor1d(array);
    const clone = tf.clone(p);
    const [p2] = adamW(p, tf.zeros([4]), tf.zeros([4]));
    expect(p2!.dataId).not.toBe(p.dataId);
    expect([...array]).toEqual([1, 2, 3, 4]);
    expect([...clone.dataSync()]).toEqual([1, 2, 3, 4]);
    expect([...p.dataSync()]).toEqual([1, 2, 3, 4]);
    expect(p2!.dataSync()[0]).toBeCloseTo(0.9, 5);

    const alone = tf.tensor1d(array);
    const transposed = tf.transpose(tf.reshape(alone, [1, 4]));
    adamW(alone, tf.zeros([4]), tf.zeros([4]));
    expect([...transposed.dataSync()]).toEqual([1, 2, 3, 4]);
    expect([...array]).toEqual([1, 2, 3, 4]);
  });

  test('what was recorded before the update sees the old numbers', () => {
    const p = tf.tensor1d([1, 2]);
    const doubled = tf.mul(p, 2);
    adamW(p, tf.zeros([2]), tf.zeros([2]));
    expect([...doubled.dataSync()]).toEqual([2, 4]);
  });

  test('what was read before the update stays as it was read', () => {
    const p = tf.tensor1d([1, 2]);
    const read = p.dataSync();
    adamW(p, tf.zeros([2]), tf.zeros([2]));
    expect([...read]).toEqual([1, 2]);
  });
});

describe('TenonWriteRows', () => {
  const write = (cache: tf.Tensor, rows: tf.Tensor, offset: number): tf.Tensor =>
    tf.engine().runKernel('TenonWriteRows', { cache, rows }, { offset });

  test('writes rows of every head in place', () => {
    const cache = tf.zeros([2, 2, 3, 2]);
    cache.dataSync();
    const rows = tf.reshape(tf.range(1, 9), [2, 2, 1, 2]);
    const written = write(cache, rows, 1);
    expect(written.dataId).toBe(cache.dataId);
    expect(written.arraySync()).toEqual([
      [
        [
          [0, 0],
          [1, 2],
          [0, 0],
        ],
        [
          [0, 0],
          [3, 4],
          [0, 0],
        ],
      ],
      [
        [
          [0, 0],
          [5, 6],
          [0, 0],
        ],
        [
          [0, 0],
          [7, 8],
          [0, 0],
        ],
      ],
    ]);
  });

  test('copies a cache that someone else holds', () => {
    const cache = tf.zeros([1, 1, 2, 1]);
    const before = tf.clone(cache);
    const written = write(cache, tf.ones([1, 1, 1, 1]), 0);
    expect([...before.dataSync()]).toEqual([0, 0]);
    expect([...written.dataSync()]).toEqual([1, 0]);
  });

  test('refuses rows beyond the end', () => {
    expect(() => write(tf.zeros([1, 1, 2, 1]), tf.ones([1, 1, 2, 1]), 1)).toThrow(
      "expected rows 1 to 3 inside the cache's 2, got cache [1,1,2,1], rows [1,1,2,1]",
    );
  });
});
