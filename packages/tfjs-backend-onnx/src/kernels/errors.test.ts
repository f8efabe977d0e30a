import '../index.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, expect, test } from 'vitest';

// Calls that no shape of a result can be given to are refused when they are made, not when they run.

beforeEach(() => tf.setBackend('onnx'));

test.each<[string, () => unknown, string]>([
  [
    'matMul with inner dimensions that differ',
    () => tf.matMul(tf.ones([2, 3]), tf.ones([4, 5])),
    'matMul: expected [..., M, K] and [..., K, N], got [2,3] and [4,5].',
  ],
  [
    'matMul of transposed matrices',
    () => tf.matMul(tf.ones([2, 3]), tf.ones([4, 3]), true, true),
    'matMul: expected [..., M, K] and [..., K, N], got [2,3] (transposed) and [4,3] (transposed).',
  ],
  [
    'matMul of a vector',
    () => tf.matMul(tf.tensor1d([1, 2, 3]) as tf.Tensor, tf.ones([3, 2])),
    'matMul: expected [..., M, K] and [..., K, N], got [3] and [3,2].',
  ],
  [
    'concat of shapes that do not fit',
    () => tf.concat([tf.ones([1, 2]), tf.ones([2, 2])], 1),
    'Shape of tensors[1] (2,2) does not match the shape of the rest (1,2)',
  ],
  [
    'stack of shapes that differ',
    () => tf.stack([tf.ones([2]), tf.ones([3])]),
    'All tensors passed to stack must have matching shapes',
  ],
  [
    'expandDims beyond the rank',
    () => tf.expandDims(tf.ones([2]), -3),
    'expandDims of [2]: expected an axis in [-2, 1], got -3.',
  ],
  [
    'addition of shapes that do not broadcast',
    () => tf.add(tf.ones([2]), tf.ones([3])),
    'could not be broadcast',
  ],
])('%s', (_name, call, message) => {
  expect(call).toThrow(message);
});
