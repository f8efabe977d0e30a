import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectExported, waves } from '../__fixtures__/exported.ts';

// [B, T, C] to [B', T', C'], where B and T are unknown when the model is written, and C is known.
type Step = (x: tf.Tensor3D) => tf.Tensor;

const weights = (x: tf.Tensor3D, columns: number): tf.Tensor2D => {
  const numbers = Float32Array.from({ length: x.shape[2] * columns }, (_, i) => Math.cos(i));
  return tf.tensor2d(numbers, [x.shape[2], columns]);
};
const rows = (x: tf.Tensor3D): tf.Tensor2D => tf.reshape(x, [-1, x.shape[2]]);

const steps: Record<string, Step> = {
  relu: (x) => tf.relu(x),
  tanh: (x) => tf.tanh(x),
  square: (x) => tf.square(tf.clipByValue(x, -2, 2)),
  softmax: (x) => tf.softmax(x),
  logSoftmax: (x) => tf.logSoftmax(x),
  addOfItsMean: (x) => tf.add(x, tf.mean(x, 1, true)),
  minusItsMaximum: (x) => tf.sub(x, tf.max(x, [1, 2], true)),
  sumOverBatch: (x) => tf.tanh(tf.sum(x, 0, true)),
  linear: (x) => tf.reshape(tf.matMul(rows(x), weights(x, 3)), [x.shape[0], x.shape[1], 3]),
  tied: (x) =>
    tf.reshape(tf.matMul(rows(x), tf.transpose(weights(x, 2)), false, true), [x.shape[0], x.shape[1], 2]),
  attention: (x) => tf.matMul(tf.softmax(tf.matMul(x, x, false, true)), x),
  causal: (x) => {
    const T = x.shape[1];
    const mask = Float32Array.from({ length: T * T }, (_, i) => (i % T > Math.floor(i / T) ? -1e9 : 0));
    const scores = tf.add(tf.matMul(x, x, false, true), tf.tensor3d(mask, [1, T, T]));
    return tf.matMul(tf.softmax(scores), x);
  },
  transposed: (x) => tf.transpose(tf.softmax(tf.transpose(x, [0, 2, 1])), [0, 2, 1]),
  batchLast: (x) => tf.transpose(tf.logSoftmax(tf.transpose(x, [2, 1, 0])), [2, 1, 0]),
  batchAndTime: (x) => tf.transpose(x, [1, 0, 2]),
  lastStep: (x) => tf.add(x, tf.slice(x, [0, x.shape[1] - 1, 0], [-1, 1, -1])),
  firstHalf: (x) => tf.concat([x, tf.slice(x, [0, 0, 0], [-1, 1, -1])], 1),
  flat: (x) => tf.reshape(x, [1, x.shape[0] * x.shape[1], x.shape[2]]),
  pad: (x) =>
    tf.pad(x, [
      [0, 0],
      [1, 0],
      [0, 1],
    ]),
  tile: (x) => tf.tile(x, [1, 2, 1]),
  concat: (x) => tf.concat([x, tf.zerosLike(x)], 2),
  stack: (x) => tf.reshape(tf.stack([x, tf.neg(x)], 2), [x.shape[0], x.shape[1], 2 * x.shape[2]]),
  split: (x) => tf.add(...(tf.split(tf.concat([x, tf.abs(x)], 2), 2, 2) as [tf.Tensor, tf.Tensor])),
  zeros: (x) => tf.concat([x, tf.zeros([x.shape[0], 1, x.shape[2]])], 1),
  positions: (x) =>
    tf.add(x, tf.reshape(tf.cast(tf.range(0, x.shape[1], 1, 'int32'), 'float32'), [1, x.shape[1], 1])),
  divided: (x) => tf.div(x, x.shape[1]),
  scaled: (x) => tf.mul(x, 1 / Math.sqrt(x.shape[1])),
  filled: (x) => tf.add(x, tf.fill([x.shape[1], 1], x.shape[0])),
  where: (x) => tf.where(tf.greater(x, 0), x, tf.mul(x, 0.1)),
  chosen: (x) => tf.cast(tf.oneHot(tf.argMax(x, 2) as tf.Tensor2D, x.shape[2]), 'float32'),
  gathered: (x) => tf.gather(x, tf.tensor1d([0, 0], 'int32'), 2),
};

const names = fc.array(fc.constantFrom(...Object.keys(steps)), { minLength: 1, maxLength: 5 });

test('random expressions give the same in ONNX Runtime and in tfjs, at sizes the example did not have', async () => {
  const compute = (chain: readonly string[], x: tf.Tensor): tf.Tensor =>
    chain.reduce((value, name) => steps[name]!(value as tf.Tensor3D), x);
  await fc.assert(
    fc.asyncProperty(names, fc.constantFrom(13, 17, 20), async (chain, opset) => {
      const model = await expectExported(
        ({ x }) => compute(chain, x!),
        { x: waves(1, 5, 4) },
        [{ x: waves(3, 7, 4) }, { x: waves(2, 2, 4) }],
        { opset, dynamicAxes: { x: { 0: 'batch_size', 1: 'time' } } },
      );
      expect(model.length).toBeGreaterThan(0);
    }),
    { numRuns: 60, seed: 3 },
  );
});
