// For tests: writes a gpt2/model case of any configuration, its numbers computed on the current backend.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { savePretrained, writeSafetensors } from '@tenon/checkpoints';
import { RandomKey, RandomStream, type StateDict, storedTensor } from '@tenon/core';
import { CausalLM } from '@tenon/heads';
import { type GPT2Config, gpt2 } from '@tenon/models';
import {
  adamW,
  chain,
  clipByGlobalNorm,
  createOptimizer,
  valueAndGradients,
  warmupLinear,
} from '@tenon/optim';
import { type Tensor, tensor2d } from '@tensorflow/tfjs-core';

export interface CaseOptions {
  readonly config: GPT2Config;
  readonly seed: number;
  /** Of the input. */
  readonly batch: number;
  readonly tokens: number;
  /** Optimiser steps of the training run. */
  readonly steps: number;
}

const RULE = {
  optimizer: 'adamw',
  lr: 0.002,
  weight_decay: 0.05,
  betas: [0.8, 0.95],
  eps: 1e-6,
  clip: 0.5,
} as const;
const WARMUP = 2;

export async function makeCase(folder: string, options: CaseOptions): Promise<void> {
  const { config, seed } = options;
  await mkdir(folder, { recursive: true });
  using model = new CausalLM(gpt2(config, { random: new RandomStream(seed) }));
  await savePretrained(folder, { spec: gpt2, config, model });
  const inputs = randomInputs(options);
  await writeJson(join(folder, 'inputs.json'), inputs);
  const loss = await writeGoldens(folder, model, inputs);
  await writeTraining(folder, model, inputs, options.steps);
  await writeJson(join(folder, 'meta.json'), { family: 'gpt2', kind: 'model', cls: 'GPT2LMHeadModel', loss });
}

interface Inputs {
  readonly input_ids: number[][];
  readonly labels: number[][];
}

function randomInputs({ config, seed, batch, tokens }: CaseOptions): Inputs {
  const row = (b: number): number[] =>
    Array.from(new RandomKey(seed, 1, b).uniform(tokens), (value) =>
      Math.floor(value * config.vocabularySize),
    );
  const input_ids = Array.from({ length: batch }, (_, b) => row(b));
  // The second half of the last row is not to be predicted.
  const labels = input_ids.map((ids, b) =>
    ids.map((id, t) => (b === batch - 1 && 2 * t > tokens ? -100 : id)),
  );
  return { input_ids, labels };
}

const lossOf = (model: CausalLM, { input_ids, labels }: Inputs): ReturnType<typeof valueAndGradients> => {
  const shape: [number, number] = [input_ids.length, input_ids[0]!.length];
  const batch = { inputIds: tensor2d(input_ids, shape, 'int32'), labels: tensor2d(labels, shape, 'int32') };
  return valueAndGradients(() => model.loss(batch, { training: true }).loss, model.backbone.parameters());
};

/** @returns the loss */
async function writeGoldens(folder: string, model: CausalLM, inputs: Inputs): Promise<number> {
  const { backbone } = model;
  const inputIds = tensor2d(inputs.input_ids, undefined, 'int32');
  const { hiddenStates, attentions } = backbone.encode(
    { inputIds },
    { hiddenStates: true, attentions: true },
  );
  const tensors = new Map<string, Tensor>([['logits', model.logits({ inputIds })]]);
  for (const [i, hidden] of hiddenStates!.entries()) tensors.set(`hidden_states.${i}`, hidden);
  for (const [i, weights] of attentions!.entries()) tensors.set(`attentions.${i}`, weights);
  await writeSafetensors(join(folder, 'golden.safetensors'), stored(tensors));

  const { value, gradients } = lossOf(model, inputs);
  await writeSafetensors(join(folder, 'grads.safetensors'), stored(gradients, gpt2.prefix));
  return value.dataSync()[0]!;
}

async function writeTraining(folder: string, model: CausalLM, inputs: Inputs, steps: number): Promise<void> {
  const { lr, betas, eps, weight_decay, clip } = RULE;
  const parameters = model.backbone.parameters();
  const undecayed = [...parameters].filter(([, { rank }]) => rank < 2).map(([name]) => name);
  const learningRate = warmupLinear({ peak: lr, warmupSteps: WARMUP, totalSteps: steps });
  const decay = (name: string): boolean => !undecayed.includes(name);
  const rule = adamW({
    learningRate,
    beta1: betas[0],
    beta2: betas[1],
    epsilon: eps,
    weightDecay: weight_decay,
    decay,
  });
  const optimizer = createOptimizer(chain(clipByGlobalNorm(clip), rule), parameters);
  const losses: number[] = [];
  const norms: number[] = [];
  for (let step = 0; step < steps; step++) {
    const { value, gradients } = lossOf(model, inputs);
    norms.push(optimizer.update(gradients).gradientNorm!.dataSync()[0]!);
    losses.push(value.dataSync()[0]!);
  }
  await writeSafetensors(join(folder, 'train_adamw_final.safetensors'), stored(parameters, gpt2.prefix));
  const run = {
    ...RULE,
    steps,
    warmup_steps: WARMUP,
    no_decay_params: undecayed.map((name) => gpt2.prefix + name),
    batch_of_step: 'step % n_batches',
    losses,
    lr_used: losses.map((_, step) => learningRate(step)),
    grad_norm_before_clip: norms,
    final_param_norm: Object.fromEntries(
      [...parameters].map(([name, value]) => [gpt2.prefix + name, Math.hypot(...value.dataSync())]),
    ),
  };
  await writeJson(join(folder, 'train.json'), { batches: [inputs], runs: { adamw: run } });
}

const stored = (tensors: ReadonlyMap<string, Tensor>, prefix = ''): StateDict =>
  new Map(
    [...tensors].map(([name, tensor]) => [
      prefix + name,
      storedTensor(tensor.dataSync() as Float32Array, tensor.shape),
    ]),
  );

const writeJson = (file: string, json: object): Promise<void> => writeFile(file, JSON.stringify(json));
