// What a web page would do with the packages: make a model, and learn from one sequence.
import '@tensorflow/tfjs-backend-cpu';
import { RandomStream } from '@tenon/core';
import { CausalLM } from '@tenon/heads';
import { Linear } from '@tenon/layers';
import { gpt2, gpt2Small } from '@tenon/models';
import { adamW, createOptimizer, valueAndGradients } from '@tenon/optim';
import * as tf from '@tensorflow/tfjs-core';

async function main(): Promise<void> {
  await tf.setBackend('cpu');
  const sizes = { vocabularySize: 20, contextLength: 4, hiddenSize: 8, layers: 1, heads: 2 };
  const model = new CausalLM(gpt2({ ...gpt2Small, ...sizes }, { random: new RandomStream(1) }));
  const optimizer = createOptimizer(adamW({ learningRate: 0.01 }), model.parameters());
  const inputIds = tf.tensor2d([[1, 2, 3, 4]], [1, 4], 'int32'); // [B, T] = [1, 4]
  const { value, gradients } = valueAndGradients(
    () => model.loss({ inputIds, labels: inputIds }, { training: false }).loss,
    model.parameters(),
  );
  optimizer.update(gradients);
  const [loss = Number.NaN] = await value.data();
  if (!Number.isFinite(loss) || gradients.size !== model.parameters().size) {
    throw new Error(`browser build: expected a loss and all gradients, got ${loss} and ${gradients.size}`);
  }
  const linear = new Linear(8, 2, { random: new RandomStream(2) });
  console.log(`loss ${loss.toFixed(3)}; a linear layer of ${linear.parameters().size} parameters`);
}

void main();
