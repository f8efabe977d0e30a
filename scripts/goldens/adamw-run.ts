// Repeats the training run of a golden's train.json with the optimiser of @tenon/optim, step by step.

import type { Parameter } from '@tenon/core';
import {
  adamW,
  chain,
  clipByGlobalNorm,
  createOptimizer,
  type GradientTransform,
  valueAndGradients,
  warmupLinear,
} from '@tenon/optim';
import type { Scalar } from '@tensorflow/tfjs-core';
import { type Comparison, FLOAT32, FLOAT64, TRAINING } from './comparison.ts';
import type { Facts } from './facts.ts';
import type { GoldenCase } from './golden-case.ts';
import { type GoldenInput, type LabelledInput, readInput } from './model-inputs.ts';

/** What is trained: the parameters under the checkpoint's names, and the loss of a batch. */
export interface Trained {
  readonly parameters: ReadonlyMap<string, Parameter>;
  loss(batch: LabelledInput): Scalar;
  /** Where float32 cannot follow the reference: indices into a parameter's values whose true gradient is zero. */
  isNoise(name: string, index: number, size: number): boolean;
}

/** Every run of `train.json`; the optimisers that are not AdamW are named as not known. */
export async function compareTraining(
  golden: GoldenCase,
  start: () => Promise<Trained & { dispose(): void }>,
  comparison: Comparison,
): Promise<void> {
  const train = await golden.json('train.json');
  const batches = train.objects('batches');
  for (const name of train.object('runs').names) {
    const run = train.object('runs').object(name);
    if (run.string('optimizer') !== 'adamw' || run.string('batch_of_step') !== 'step % n_batches') {
      comparison.unknown.push(`train.json: ${name}`);
      continue;
    }
    const trained = await start();
    try {
      await compareRun(run, batches, trained, comparison);
      compareFinalWeights(golden, `train_${name}_final.safetensors`, trained, comparison);
    } finally {
      trained.dispose();
    }
  }
}

/** The rule that a run's fields describe: its `formula` is AdamW after clipping by the global norm. */
function ruleOf(run: Facts): GradientTransform {
  const [beta1, beta2] = run.numbers('betas');
  const undecayed = new Set(run.strings('no_decay_params'));
  const learningRate = warmupLinear({
    peak: run.number('lr'),
    warmupSteps: run.number('warmup_steps'),
    totalSteps: run.number('steps'),
  });
  return chain(
    clipByGlobalNorm(run.has('clip') ? run.number('clip') : Number.POSITIVE_INFINITY),
    adamW({
      learningRate,
      beta1: beta1!,
      beta2: beta2!,
      epsilon: run.number('eps'),
      weightDecay: run.number('weight_decay'),
      decay: (name) => !undecayed.has(name),
    }),
  );
}

async function compareRun(
  run: Facts,
  batches: readonly Facts[],
  trained: Trained,
  comparison: Comparison,
): Promise<void> {
  const optimizer = createOptimizer(ruleOf(run), trained.parameters);
  const inputs: GoldenInput[] = batches.map(readInput);
  const losses: number[] = [];
  const rates: number[] = [];
  const norms: number[] = [];
  try {
    for (let step = 0; step < run.number('steps'); step++) {
      const { batch } = inputs[step % inputs.length]!;
      const { value, gradients } = valueAndGradients(() => trained.loss(batch), trained.parameters);
      const report = optimizer.update(gradients);
      for (const gradient of gradients.values()) gradient.dispose();
      losses.push((await value.data())[0]!);
      rates.push(report.learningRate!);
      norms.push((await report.gradientNorm!.data())[0]!);
      value.dispose();
      report.gradientNorm!.dispose();
    }
  } finally {
    optimizer.dispose();
    for (const input of inputs) input.dispose();
  }
  comparison.numbers('training losses', losses, run.numbers('losses'), TRAINING);
  comparison.numbers('training lr_used', rates, run.numbers('lr_used'), FLOAT64);
  comparison.numbers('training grad_norm_before_clip', norms, run.numbers('grad_norm_before_clip'), TRAINING);

  const expected = run.object('final_param_norm');
  const known = expected.names.filter((name) => !hasNoise(trained, name));
  const got = known.map((name) => norm(trained.parameters.get(name)?.dataSync() ?? [Number.NaN]));
  comparison.numbers(
    'training final_param_norm',
    got,
    known.map((name) => expected.number(name)),
    TRAINING,
  );
}

const norm = (values: ArrayLike<number>): number =>
  Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0));

function hasNoise(trained: Trained, name: string): boolean {
  const size = trained.parameters.get(name)?.size ?? 0;
  return Array.from({ length: size }, (_, i) => i).some((i) => trained.isNoise(name, i, size));
}

function compareFinalWeights(
  golden: GoldenCase,
  file: string,
  trained: Trained,
  comparison: Comparison,
): void {
  const final = golden.tensors(file);
  for (const name of final.names) {
    const parameter = trained.parameters.get(name);
    if (parameter === undefined) continue; // It stays among the tensors that nobody took, and is reported.
    const { values } = final.take(name);
    const keep = (all: ArrayLike<number>): number[] =>
      Array.from(all).filter((_, i) => !trained.isNoise(name, i, all.length));
    comparison.numbers(`after training ${name}`, keep(parameter.dataSync()), keep(values), FLOAT32);
  }
}
