import './index.ts';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { numbers } from './__fixtures__/against-cpu.ts';
import { onnxBackend, report } from './index.ts';

// What users of tfjs-layers write, fitted on cpu and on onnx: the same losses, no kernel that falls back, and no
// graph compiled after the first epoch.

const { conv1d, conv2d, maxPooling2d, averagePooling2d, globalMaxPooling1d, flatten, dense, lstm, gru } =
  layers.layers;
const { bidirectional, embedding, batchNormalization, dropout, separableConv2d } = layers.layers;

interface Model {
  readonly layers: () => layers.layers.Layer[];
  readonly inputs: () => tf.Tensor;
}

const models: Record<string, Model> = {
  'convolutions in the plane': {
    layers: () => [
      conv2d({ inputShape: [9, 8, 2], filters: 4, kernelSize: 3, activation: 'relu', padding: 'same' }),
      maxPooling2d({ poolSize: 2 }),
      batchNormalization(),
      separableConv2d({ filters: 5, kernelSize: 2, activation: 'elu' }),
      averagePooling2d({ poolSize: 2, strides: 1 }),
      flatten(),
      dense({ units: 3, activation: 'softmax' }),
    ],
    inputs: () => numbers([20, 9, 8, 2]),
  },
  'convolutions over time': {
    layers: () => [
      embedding({ inputDim: 7, outputDim: 6, inputLength: 10 }),
      conv1d({ filters: 8, kernelSize: 3, activation: 'relu' }),
      globalMaxPooling1d({}),
      dense({ units: 3, activation: 'softmax' }),
    ],
    inputs: () => tf.tidy(() => tf.floor(tf.mul(tf.abs(numbers([20, 10])), 3.4))),
  },
  'recurrent networks': {
    layers: () => [
      bidirectional({
        layer: lstm({ units: 4, returnSequences: true }) as layers.RNN,
        inputShape: [6, 5],
        mergeMode: 'concat',
      }),
      gru({ units: 5 }),
      dropout({ rate: 0 }),
      dense({ units: 3, activation: 'softmax' }),
    ],
    inputs: () => numbers([20, 6, 5]),
  },
};

const EPOCHS = 3;

interface Fitted {
  readonly losses: number[];
  /** Losses of `evaluate` and predictions after the fit. */
  readonly after: number[];
  /** Sessions built by the end of each epoch. */
  readonly builds: number[];
}

async function fitted(make: Model, backend: string): Promise<Fitted> {
  await tf.setBackend(backend);
  const model = layers.sequential({ layers: make.layers() });
  model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  // The same weights on both backends, whatever the initialisers drew.
  model.setWeights(model.getWeights().map(({ shape }, i) => tf.mul(tf.abs(numbers(shape, i + 3)), 0.2)));
  const inputs = make.inputs();
  const labels = tf.tensor1d(
    Int32Array.from({ length: 20 }, (_, i) => (i * 7) % 3),
    'int32',
  );
  const targets = tf.oneHot(labels, 3);
  const builds: number[] = [];
  const { history } = await model.fit(inputs, targets, {
    batchSize: 8, // the last batch of each epoch is smaller
    epochs: EPOCHS,
    shuffle: false,
    verbose: 0,
    callbacks: {
      onEpochEnd: async () => {
        if (backend === 'onnx') builds.push(onnxBackend().statistics.sessionBuilds);
      },
    },
  });
  const [loss] = model.evaluate(inputs, targets, { batchSize: 8 }) as tf.Scalar[];
  const predictions = model.predict(inputs) as tf.Tensor;
  const after = [loss!.dataSync()[0]!, ...predictions.dataSync()];
  tf.dispose([inputs, labels, targets, loss!, predictions]);
  model.dispose();
  return { losses: history['loss'] as number[], after, builds };
}

/** Kernels that make numbers for initialisers and slice them there: once for each model, not in the fit. */
function fallbacks(): Record<string, number> {
  return Object.fromEntries(report().map(({ kernel, fallback }) => [kernel, fallback]));
}

test.each(Object.entries(models))('%s', async (_, make) => {
  const onCpu = await fitted(make, 'cpu');
  const before = fallbacks();
  const onOnnx = await fitted(make, 'onnx');
  const fellBack = Object.entries(fallbacks()).filter(([kernel, count]) => count > (before[kernel] ?? 0));
  expect(fellBack).toEqual([]);
  for (const [wanted, got] of [
    [onCpu.losses, onOnnx.losses],
    [onCpu.after, onOnnx.after],
  ] as const) {
    expect(got.length).toBe(wanted.length);
    got.forEach((number, i) => {
      expect(Math.abs(number - wanted[i]!)).toBeLessThan(1e-4 * Math.max(1, Math.abs(wanted[i]!)));
    });
  }
  // The second epoch begins with another running mean to add to than the first; from then on all is known.
  expect(onOnnx.builds.at(-1)).toBe(onOnnx.builds.at(-2));
});
