// Run where the packed packages are installed, as ESM and as CommonJS: a small GPT-2 takes one training step on
// each backend, and both find the same loss.
import { RandomStream } from '@tenon/core';
import { type BackendChoice, useBackend } from '@tenon/core/backend';
import { CausalLM } from '@tenon/heads';
import { gpt2, gpt2Small } from '@tenon/models/gpt2';
import { adamW, createOptimizer, valueAndGradients } from '@tenon/optim';
import * as tf from '@tensorflow/tfjs-core';

interface Step {
  readonly before: number;
  readonly after: number;
}

async function trainOneStep(choice: BackendChoice): Promise<Step> {
  const { choice: chosen } = await useBackend(choice);
  if (chosen !== choice || tf.getBackend() !== choice) {
    throw new Error(`backend: expected ${choice}, got ${chosen} (${tf.getBackend()})`);
  }
  const sizes = { vocabularySize: 50, contextLength: 8, hiddenSize: 16, layers: 2, heads: 2 };
  using model = new CausalLM(gpt2({ ...gpt2Small, ...sizes }, { random: new RandomStream(1) }));
  using optimizer = createOptimizer(adamW({ learningRate: 0.01 }), model.parameters());
  const inputIds = tf.tensor2d([[3, 1, 4, 1, 5, 9, 2, 6]], [1, 8], 'int32'); // [B, T] = [1, 8]
  const loss = (): tf.Scalar => model.loss({ inputIds, labels: inputIds }, { training: false }).loss;

  const { value, gradients } = valueAndGradients(loss, model.parameters());
  const [before = Number.NaN] = await value.data();
  for (const name of model.parameters().keys()) {
    const gradient = gradients.get(name);
    if (gradient === undefined) throw new Error(`${choice}: expected a gradient for ${name}, got none`);
    const norm = tf.tidy(() => tf.norm(gradient).dataSync()[0] ?? Number.NaN);
    if (!(norm > 0 && norm < 100))
      throw new Error(`${choice}: expected a gradient for ${name}, got norm ${norm}`);
  }
  optimizer.update(gradients);
  const [after = Number.NaN] = await tf.tidy(loss).data();
  return { before, after };
}

async function main(): Promise<void> {
  const onCpu = await trainOneStep('cpu');
  const onOnnx = await trainOneStep('onnx');
  for (const { before, after } of [onCpu, onOnnx]) {
    if (!(Math.abs(before - Math.log(50)) < 0.5 && after < before)) {
      throw new Error(
        `loss: expected one that falls from about ${Math.log(50)}, got ${before}, then ${after}`,
      );
    }
  }
  if (Math.abs(onCpu.before - onOnnx.before) > 1e-4 || Math.abs(onCpu.after - onOnnx.after) > 1e-3) {
    throw new Error(`loss: expected the same on both, got ${JSON.stringify({ onCpu, onOnnx })}`);
  }
  console.log(`loss ${onOnnx.before.toFixed(3)}, after one step ${onOnnx.after.toFixed(3)}`);
}

void main();
