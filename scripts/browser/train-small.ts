import { RandomStream } from '@tenon/core';
import { CausalLM } from '@tenon/heads';
import { gpt2, gpt2Small } from '@tenon/models';
import { adamW, createOptimizer, valueAndGradients } from '@tenon/optim';
import * as tf from '@tensorflow/tfjs-core';

export interface Training {
  readonly losses: readonly number[];
  /** Live tensors after the second step and after the last. */
  readonly tensors: readonly [number, number];
}

/** Trains a small GPT-2 on one batch, on whichever backend is set, reading only as an asynchronous one allows. */
export async function trainSmall(steps: number): Promise<Training> {
  const sizes = { vocabularySize: 50, contextLength: 8, hiddenSize: 32, layers: 2, heads: 2 };
  const model = new CausalLM(gpt2({ ...gpt2Small, ...sizes }, { random: new RandomStream(1) }));
  const optimizer = createOptimizer(adamW({ learningRate: 0.01 }), model.parameters());
  const ids = Array.from({ length: 16 }, (_, i) => (i * 7) % 50);
  const inputIds = tf.tensor2d(ids, [2, 8], 'int32'); // [B, T] = [2, 8]
  const losses: number[] = [];
  let before = 0;
  for (let step = 0; step < steps; step++) {
    const { value, gradients } = valueAndGradients(
      () => model.loss({ inputIds, labels: inputIds }, { training: false }).loss,
      model.parameters(),
    );
    optimizer.update(gradients);
    const [loss] = await value.data();
    losses.push(loss ?? Number.NaN);
    tf.dispose([value, ...gradients.values()]);
    if (step === 1) before = tf.memory().numTensors;
  }
  return { losses, tensors: [before, tf.memory().numTensors] };
}
