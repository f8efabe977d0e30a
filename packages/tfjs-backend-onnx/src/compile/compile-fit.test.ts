import '../index.ts';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { numbers } from '../__fixtures__/against-cpu.ts';
import { type CompiledFit, compileFit, onnxBackend } from '../index.ts';

beforeEach(async () => {
  await tf.setBackend('onnx');
});
afterEach(() => {
  tf.disposeVariables();
});

const { dense, dropout, lstm, simpleRNN } = layers.layers;
const INPUTS = [20, 4, 3];

function recurrent(...more: layers.layers.Layer[]): layers.Sequential {
  const parts = [lstm({ units: 5, inputShape: [4, 3] }), ...more, dense({ units: 2, activation: 'softmax' })];
  const model = layers.sequential({ layers: parts });
  model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  model.setWeights(model.getWeights().map(({ shape }, i) => tf.mul(numbers(shape, i + 3), 0.2)));
  return model;
}

const targets = (): tf.Tensor =>
  tf.oneHot(
    tf.tensor1d(
      Int32Array.from({ length: 20 }, (_, i) => (i * 7) % 2),
      'int32',
    ),
    2,
  );

/** Six epochs of three batches, of which the last is smaller; the learning rate falls after the third. */
async function fitted(model: layers.Sequential): Promise<{ losses: number[]; accuracies: number[] }> {
  const optimizer = model.optimizer as unknown as { learningRate: number }; // protected, and what schedules change
  const { history } = await model.fit(numbers(INPUTS), targets(), {
    batchSize: 8,
    epochs: 6,
    shuffle: false,
    verbose: 0,
    callbacks: {
      onEpochEnd: async (epoch) => {
        if (epoch === 2) optimizer.learningRate = 0.05;
      },
    },
  });
  return { losses: history['loss'] as number[], accuracies: history['acc'] as number[] };
}

test('a fit with compiled steps gives the losses, metrics and weights that it gives without', async () => {
  const plain = recurrent();
  const wanted = await fitted(plain);
  const model = recurrent();
  const compiled = compileFit(model);
  const got = await fitted(model);
  got.losses.forEach((loss, i) => {
    expect(loss).toBeCloseTo(wanted.losses[i]!, 5);
  });
  expect(got.accuracies).toEqual(wanted.accuracies);
  expect(model.optimizer.iterations).toBe(plain.optimizer.iterations);
  model.getWeights().forEach((weight, i) => {
    const difference = tf.max(tf.abs(tf.sub(weight, plain.getWeights()[i]!))).dataSync()[0]!;
    expect(difference).toBeLessThan(1e-5);
  });
  compiled.dispose();
});

test('a second fit replays what the first recorded, and leaves the number of tensors flat', async () => {
  const model = recurrent();
  compileFit(model);
  const [x, y] = [numbers(INPUTS), targets()];
  const fit = (): Promise<unknown> => model.fit(x, y, { batchSize: 10, epochs: 8, verbose: 0 });
  await fit();
  const [tensors, builds] = [tf.memory().numTensors, onnxBackend().statistics.sessionBuilds];
  await fit();
  expect(tf.memory().numTensors).toBe(tensors);
  expect(onnxBackend().statistics.sessionBuilds).toBe(builds);
});

test('trainOnBatch replays too, until the steps are given back', async () => {
  const model = recurrent();
  let calls = 0;
  const loss = (y: tf.Tensor, p: tf.Tensor): tf.Tensor => {
    calls++;
    return layers.metrics.categoricalCrossentropy(y, p);
  };
  model.compile({ optimizer: tf.train.sgd(0.1), loss });
  const compiled: CompiledFit = compileFit(model);
  const [x, y] = [numbers(INPUTS), targets()];
  for (let i = 0; i < 7; i++) await model.trainOnBatch(x, y);
  expect(calls).toBe(3); // in the steps 1, 2 and 4
  compiled.dispose();
  await model.trainOnBatch(x, y);
  expect(calls).toBe(4);
  const again = compileFit(model);
  await tf.setBackend('cpu');
  await model.trainOnBatch(x, y);
  expect(calls).toBe(5);
  again.dispose();
});

test('says what cannot be compiled', async () => {
  const fit = (model: layers.LayersModel): Promise<unknown> =>
    model.fit(numbers(INPUTS), targets(), { batchSize: 10, epochs: 2, verbose: 0 });
  const fresh = layers.sequential({ layers: [dense({ units: 2, inputShape: [3] })] });
  expect(() => compileFit(fresh as never)).toThrow(
    'compileFit: expected a compiled model, got one without an optimizer. Call model.compile({ optimizer, loss }) first.',
  );
  const random = recurrent(dropout({ rate: 0.5 }));
  compileFit(random);
  await expect(fit(random)).rejects.toThrow(
    /^compileFit: expected training steps that compute the same each time, without random numbers .* got in its call 2: the number/s,
  );
  const stateful = layers.sequential({
    layers: [
      simpleRNN({ units: 3, stateful: true, batchInputShape: [10, 4, 3] }),
      dense({ units: 2, activation: 'softmax' }),
    ],
  });
  stateful.compile({ optimizer: 'sgd', loss: 'categoricalCrossentropy' });
  compileFit(stateful);
  await expect(fit(stateful)).rejects.toThrow(/^compileFit: .* state kept from batch to batch/s);
});
