import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';

// What users of tfjs-layers write: two models, compiled, with data to fit them to.

/** How large a model and its data are. */
export interface FitSize {
  readonly examples: number;
  readonly batchSize: number;
}

/** A compiled model and what to call `model.fit` with. */
export interface Fit {
  readonly model: layers.LayersModel;
  readonly inputs: tf.Tensor;
  readonly targets: tf.Tensor;
}

/** Digits as in MNIST, images [28, 28, 1] in 10 classes: two convolutions with pooling, two dense layers. */
export function convolutionalFit({ examples }: FitSize): Fit {
  const model = layers.sequential({
    layers: [
      layers.layers.conv2d({ inputShape: [28, 28, 1], filters: 32, kernelSize: 3, activation: 'relu' }),
      layers.layers.maxPooling2d({ poolSize: 2 }),
      layers.layers.conv2d({ filters: 64, kernelSize: 3, activation: 'relu' }),
      layers.layers.maxPooling2d({ poolSize: 2 }),
      layers.layers.flatten(),
      layers.layers.dense({ units: 128, activation: 'relu' }),
      layers.layers.dense({ units: 10, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  return { model, inputs: uniform([examples, 28, 28, 1]), targets: classes(examples, 10) };
}

/** Sequences [32, 64] in 10 classes: an LSTM of 128 units, its last state through a dense layer. */
export function recurrentFit({ examples }: FitSize): Fit {
  const model = layers.sequential({
    layers: [
      layers.layers.lstm({ inputShape: [32, 64], units: 128 }),
      layers.layers.dense({ units: 10, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  return { model, inputs: uniform([examples, 32, 64]), targets: classes(examples, 10) };
}

/** One epoch; resolves to its loss. */
export async function fitEpoch({ model, inputs, targets }: Fit, { batchSize }: FitSize): Promise<number> {
  const { history } = await model.fit(inputs, targets, { batchSize, epochs: 1, verbose: 0 });
  return history['loss']![0] as number;
}

function uniform(shape: number[]): tf.Tensor {
  return tf.randomUniform(shape, 0, 1, 'float32', 1);
}

function classes(examples: number, count: number): tf.Tensor {
  const labels = Int32Array.from({ length: examples }, (_, i) => (i * 7) % count);
  return tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(labels, 'int32'), count), 'float32'));
}
