import * as tf from '@tensorflow/tfjs-core';

// A GPT of two layers in plain tfjs operations: what a tfjs user would write, and every backend can run.
// B batch, T time, C channels, H heads, V vocabulary.

const [B, T, C, H, V] = [2, 6, 16, 2, 23] as const;
const LAYERS = 2;

export interface TinyGpt {
  readonly weights: Record<string, tf.Variable>;
  loss(ids: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar;
}

export function tinyGpt(): TinyGpt {
  const weights: Record<string, tf.Variable> = {};
  const parameter = (name: string, shape: number[]): void => {
    const size = tf.util.sizeFromShape(shape);
    const numbers = Float32Array.from({ length: size }, (_, i) => 0.2 * Math.sin(i * 1.7 + name.length * 31));
    weights[name] = tf.variable(tf.tensor(numbers, shape));
  };
  parameter('wte', [V, C]);
  parameter('wpe', [T, C]);
  for (let layer = 0; layer < LAYERS; layer++) {
    for (const [name, shape] of Object.entries({
      gain1: [C],
      shift1: [C],
      attention: [C, 3 * C],
      attentionBias: [3 * C],
      projection: [C, C],
      projectionBias: [C],
      gain2: [C],
      shift2: [C],
      up: [C, 4 * C],
      upBias: [4 * C],
      down: [4 * C, C],
      downBias: [C],
    })) {
      parameter(`${layer}.${name}`, shape);
    }
  }
  return { weights, loss: (ids, labels) => tf.tidy(() => forward(weights, ids, labels)) };
}

function forward(weights: Record<string, tf.Variable>, ids: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  const weight = (name: string): tf.Tensor2D => weights[name] as tf.Tensor as tf.Tensor2D;
  const causal = tf.tensor2d(
    Float32Array.from({ length: T * T }, (_, i) => (i % T > Math.floor(i / T) ? -1e9 : 0)),
    [T, T],
  );
  let x: tf.Tensor = tf.reshape(tf.add(tf.gather(weight('wte'), ids), weight('wpe')), [B * T, C]);
  for (let layer = 0; layer < LAYERS; layer++) {
    const own = (name: string): tf.Tensor2D => weight(`${layer}.${name}`);
    const linear = (x: tf.Tensor, name: string): tf.Tensor =>
      tf.add(tf.matMul(x as tf.Tensor2D, own(name)), own(`${name}Bias`));
    const qkv = linear(layerNorm(x, own('gain1'), own('shift1')), 'attention');
    const [q, k, v] = tf.unstack(tf.transpose(tf.reshape(qkv, [B, T, 3, H, C / H]), [2, 0, 3, 1, 4]));
    const scores = tf.add(tf.mul(tf.matMul(q!, k!, false, true), 1 / Math.sqrt(C / H)), causal);
    const mixed = tf.transpose(tf.matMul(tf.softmax(scores), v!), [0, 2, 1, 3]);
    x = tf.add(x, linear(tf.reshape(mixed, [B * T, C]), 'projection'));
    x = tf.add(x, linear(gelu(linear(layerNorm(x, own('gain2'), own('shift2')), 'up')), 'down'));
  }
  const logits = tf.matMul(x as tf.Tensor2D, weight('wte'), false, true);
  const hot = tf.cast(tf.oneHot(labels, V), 'float32');
  return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), hot), 1))) as tf.Scalar;
}

function layerNorm(x: tf.Tensor, gain: tf.Tensor, shift: tf.Tensor): tf.Tensor {
  const { mean, variance } = tf.moments(x, -1, true);
  const normalized = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5)));
  return tf.add(tf.mul(normalized, gain), shift);
}

function gelu(x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
}

export function batch(step: number): { ids: tf.Tensor2D; labels: tf.Tensor1D } {
  const numbers = (seed: number): Int32Array =>
    Int32Array.from({ length: B * T }, (_, i) => (i * 7 + seed * 13 + step * 5) % V);
  return { ids: tf.tensor2d(numbers(1), [B, T], 'int32'), labels: tf.tensor1d(numbers(2), 'int32') };
}

/** One step of AdamW through the in-place kernel, gradients clipped to a global norm of 1. */
export function trainStep(model: TinyGpt, moments: Map<string, tf.Variable[]>, step: number): number {
  const { ids, labels } = batch(step);
  const { value, grads } = tf.variableGrads(() => model.loss(ids, labels), Object.values(model.weights));
  const run = tf.engine();
  const scale = tf.tidy(() => {
    const norms = Object.values(grads).map((x): tf.Tensor => run.runKernel('TenonSquaredNorm', { x }));
    return tf.minimum(1, tf.div(1, tf.sqrt(tf.addN(norms))));
  });
  const loss = value.dataSync()[0]!;
  for (const [name, parameter] of Object.entries(model.weights)) {
    const [firstMoment, secondMoment] =
      moments.get(name) ?? [0, 1].map(() => tf.variable(tf.zeros(parameter.shape)));
    moments.set(name, [firstMoment!, secondMoment!]);
    const inputs = {
      parameter,
      firstMoment: firstMoment!,
      secondMoment: secondMoment!,
      gradient: grads[parameter.name]!,
      scale,
    };
    const updated = run.runKernel('TenonAdamWUpdate', inputs, {
      learningRate: 0.01 / (1 + 0.1 * step),
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0.01,
      biasCorrection1: 1 - 0.9 ** (step + 1),
      biasCorrection2: 1 - 0.999 ** (step + 1),
    }) as tf.Tensor[];
    [parameter, firstMoment!, secondMoment!].forEach((variable, i) => {
      variable.assign(updated[i]!);
    });
    tf.dispose(updated);
  }
  tf.dispose([ids, labels, value, scale, grads]);
  return loss;
}
