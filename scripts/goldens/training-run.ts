// Repeats the training runs of a golden's train.json with the optimisers of @tenon/optim, step by step.

import { createOptimizer, type GradientTransform, valueAndGradients } from '@tenon/optim';
import { type Comparison, FLOAT32, FLOAT64, TRAINING } from './comparison.ts';
import type { Facts } from './facts.ts';
import type { GoldenCase } from './golden-case.ts';
import type { LoadedModel, ModelClass, Noise } from './hugging-face/model-class.ts';
import { readInput } from './model-inputs.ts';
import { OPTIMIZERS } from './optimizers.ts';

const NO_NOISE: Noise = { what: '', is: () => false };

/** Every run of `train.json`; optimisers that are not known are named. */
export async function compareTraining(
  golden: GoldenCase,
  { load, noise = NO_NOISE }: ModelClass,
  comparison: Comparison,
): Promise<void> {
  const train = await golden.json('train.json');
  const batches = train.objects('batches');
  const runs = train.object('runs');
  for (const name of runs.names) {
    const run = runs.object(name);
    const rule = OPTIMIZERS[run.string('optimizer')];
    const model = await load(golden.modelFolder);
    try {
      if (
        rule === undefined ||
        model.objective === undefined ||
        run.string('batch_of_step') !== 'step % n_batches'
      ) {
        comparison.unknown.push(`train.json: ${name}`);
        continue;
      }
      const training = { title: `training ${name}`, run, batches, noise, comparison };
      await compareRun(training, rule(run), model);
      compareFinalWeights(golden, name, noise, model, comparison);
    } finally {
      model.dispose();
    }
  }
  if (noise !== NO_NOISE && runs.names.length > 0) {
    comparison.leftOut.push(
      `after training ${noise.what}, with the norms (their true gradient is zero: Adam amplifies rounding noise)`,
    );
  }
}

interface Training {
  readonly title: string;
  readonly run: Facts;
  readonly batches: readonly Facts[];
  readonly noise: Noise;
  readonly comparison: Comparison;
}

async function compareRun(
  { title, run, batches, noise, comparison }: Training,
  rule: GradientTransform,
  { parameters, objective }: LoadedModel,
): Promise<void> {
  const optimizer = createOptimizer(rule, parameters);
  const inputs = batches.map(readInput);
  const steps = inputs.map((input) => objective!(input));
  const losses: number[] = [];
  const rates: number[] = [];
  const norms: number[] = [];
  try {
    for (let step = 0; step < run.number('steps'); step++) {
      const lossOf = steps[step % steps.length]!;
      const { value, gradients } = valueAndGradients(() => lossOf(true).loss, parameters);
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
  comparison.numbers(`${title}: losses`, losses, run.numbers('losses'), TRAINING);
  comparison.numbers(`${title}: lr_used`, rates, run.numbers('lr_used'), FLOAT64);
  comparison.numbers(
    `${title}: grad_norm_before_clip`,
    norms,
    run.numbers('grad_norm_before_clip'),
    TRAINING,
  );

  const expected = run.object('final_param_norm');
  const hasNoise = (name: string): boolean => {
    const size = parameters.get(name)?.size ?? 0;
    return Array.from({ length: size }, (_, i) => i).some((i) => noise.is(name, i, parameters));
  };
  const known = expected.names.filter((name) => !hasNoise(name));
  comparison.numbers(
    `${title}: final_param_norm`,
    known.map((name) => norm(parameters.get(name)?.dataSync() ?? [Number.NaN])),
    known.map((name) => expected.number(name)),
    TRAINING,
  );
}

const norm = (values: ArrayLike<number>): number =>
  Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0));

function compareFinalWeights(
  golden: GoldenCase,
  run: string,
  noise: Noise,
  { parameters }: LoadedModel,
  comparison: Comparison,
): void {
  const final = golden.tensors(`train_${run}_final.safetensors`);
  for (const name of final.names) {
    const parameter = parameters.get(name);
    if (parameter === undefined) continue; // It stays among the tensors that nobody took, and is reported.
    const { values } = final.take(name);
    const keep = (all: ArrayLike<number>): number[] =>
      Array.from(all).filter((_, i) => !noise.is(name, i, parameters));
    comparison.numbers(`after training ${run} ${name}`, keep(parameter.dataSync()), keep(values), FLOAT32);
  }
}
