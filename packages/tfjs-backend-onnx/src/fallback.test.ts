import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { onnxBackend, report } from './index.ts';

const fellBack = (kernel: string): number => report().find((entry) => entry.kernel === kernel)?.fallback ?? 0;

beforeEach(() => tf.setBackend('onnx'));

describe('kernels that are not lowered run on the cpu backend', () => {
  test('on values that are still to be computed, with several outputs', () => {
    const before = fellBack('Unique');
    const { values, indices } = tf.unique(tf.mul(tf.tensor1d([1, 3, 1]), 2));
    expect([...values.dataSync()]).toEqual([2, 6]);
    expect([...indices.dataSync()]).toEqual([0, 1, 0]);
    expect(indices.dtype).toBe('int32');
    expect(fellBack('Unique')).toBe(before + 1);
  });

  test('and their results go on in the graph', () => {
    const x = tf.cumprod(tf.tensor1d([1, 2, 3]));
    expect([...tf.add(x, 1).dataSync()]).toEqual([2, 3, 7]);
  });

  test('int32 and bool', () => {
    const quotients = tf.floorDiv(tf.tensor1d([7, -7]), tf.scalar(2));
    expect(quotients.dtype).toBe('int32');
    expect([...quotients.dataSync()]).toEqual([3, -4]);
    const finite = tf.isFinite(tf.tensor1d([1, 2], 'int32'));
    expect(finite.dtype).toBe('bool');
    expect([...tf.logicalNot(finite).dataSync()]).toEqual([0, 0]);
  });

  test('complex64', () => {
    const z = tf.complex(tf.tensor1d([1, 2]), tf.mul(tf.tensor1d([3, 4]), 1));
    const sum = tf.add(z, z);
    expect([...sum.dataSync()]).toEqual([2, 6, 4, 8]);
    expect([...tf.imag(sum).dataSync()]).toEqual([6, 8]);
    expect([...tf.spectral.ifft(tf.spectral.fft(z)).dataSync()].map(Math.round)).toEqual([1, 3, 2, 4]);
    expect(tf.reshape(z, [2, 1]).shape).toEqual([2, 1]);
    expect([...tf.concat([z, z]).dataSync()]).toEqual([1, 3, 2, 4, 1, 3, 2, 4]);
  });

  test('strings', () => {
    const words = tf.tensor1d(['a', 'b'], 'string');
    expect(tf.concat([words, words]).dataSync()).toEqual(['a', 'b', 'a', 'b']);
    expect(tf.reshape(words, [2, 1]).arraySync()).toEqual([['a'], ['b']]);
  });

  test('empty tensors', () => {
    expect(tf.add(tf.zeros([0, 3]), 1).shape).toEqual([0, 3]);
    expect(tf.sum(tf.zeros([0])).dataSync()[0]).toBe(0);
    expect(tf.matMul(tf.zeros([2, 0]), tf.zeros([0, 2])).arraySync()).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(tf.concat([tf.zeros([0]), tf.zeros([0])]).shape).toEqual([0]);
  });

  test('results that share memory with an input are copied', () => {
    const x = tf.tensor1d([3, 1, 2]);
    const flat = tf.engine().runKernel(
      'StridedSlice',
      { x },
      {
        begin: [0],
        end: [3],
        strides: [1],
        beginMask: 0,
        endMask: 0,
        ellipsisMask: 0,
        newAxisMask: 0,
        shrinkAxisMask: 0,
      },
    ) as tf.Tensor;
    x.dispose();
    expect([...flat.dataSync()]).toEqual([3, 1, 2]);
  });

  test('and leak nothing', () => {
    const [tensors, ids] = [tf.memory().numTensors, onnxBackend().numDataIds()];
    tf.tidy(() => {
      const z = tf.complex(tf.tensor1d([1, 2]), tf.tensor1d([3, 4]));
      tf.unique(tf.tensor1d([1, 2]));
      tf.spectral.fft(z);
      tf.stack([tf.tensor1d(['a'], 'string')]);
    });
    expect(tf.memory().numTensors).toBe(tensors);
    expect(onnxBackend().numDataIds()).toBe(ids);
  });

  test('a kernel that no backend has says so', () => {
    expect(() => tf.engine().runKernel('TenonGelu', { x: tf.zeros([0]) }, { approximate: 'tanh' })).toThrow(
      'expected kernel TenonGelu to support x: float32 [0]; neither this backend nor the cpu backend (its fallback) does.',
    );
  });
});
