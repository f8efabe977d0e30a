// Fine-tunes a language model on one task.
import type { Backbone, Objective } from '@tenon/core';
import type { GPTRow } from '@tenon/data';
import type { Tokenizer } from '@tenon/tokenizers';
import {
  type DescribedPrediction,
  type FineTuningTask,
  Trainer,
  type TrainerCallback,
} from '@tenon/trainers';
import type { Parts } from './data/examples.ts';

/** What a language model needs to become one of a task. */
export interface FineTuning<Example, Feature, Batch, Model extends Objective<Batch>, Prediction> {
  readonly parts: Parts<Example>;
  readonly task: FineTuningTask<Example, Feature, Batch, NoInfer<Model>, Prediction>;
  readonly model: Model;
}

export interface Setup {
  readonly backbone: Backbone;
  readonly tokenizer: Tokenizer;
  readonly epochs: number;
  readonly seed: number;
  readonly callbacks: readonly TrainerCallback[];
  readonly signal: AbortSignal;
}

/** How it went, measured on held-out examples. */
export interface Learned {
  readonly accuracy: number;
  /** After each epoch. */
  readonly curve: readonly { readonly x: number; readonly y: number }[];
  /** The rows of the first held-out example as text, with start, delimiter and extract tokens. */
  readonly rows: readonly string[];
  readonly predictions: readonly DescribedPrediction[];
}

/** Trains the whole model, backbone and head. */
export async function fineTune<
  Example,
  Feature extends { readonly rows: readonly GPTRow[] },
  Batch,
  Model extends Objective<Batch>,
  Prediction,
>(
  { parts, task, model }: FineTuning<Example, Feature, Batch, Model, Prediction>,
  { tokenizer, epochs, seed, callbacks, signal }: Setup,
): Promise<Learned> {
  const curve: { x: number; y: number }[] = [];
  const trainer = new Trainer({
    model,
    task,
    args: {
      perDeviceTrainBatchSize: 16,
      perDeviceEvalBatchSize: 32,
      learningRate: 1e-3,
      adamBeta2: 0.98,
      lrSchedulerType: 'cosine',
      warmupRatio: 0.05,
      numTrainEpochs: epochs,
      evalStrategy: 'epoch',
      seed,
    },
    trainDataset: parts.train,
    evalDataset: parts.heldOut,
    callbacks: [
      ...callbacks,
      {
        onEvaluate: ({ epoch = 0, metrics }) => void curve.push({ x: epoch, y: metrics?.['accuracy'] ?? 0 }),
      },
    ],
    signal,
  });
  await trainer.train();

  const predictions = await trainer.predict(parts.heldOut);
  const described = parts.heldOut.map((example, i) => task.describe!(example, predictions[i]!));
  const right = described.filter(({ expected, predicted }) => expected === predicted).length;
  const rows = task.features(parts.heldOut[0]!).flatMap((feature) => feature.rows);
  return {
    accuracy: right / described.length,
    curve,
    rows: rows.map(({ ids }) => tokenizer.decode(ids)),
    predictions: described,
  };
}
