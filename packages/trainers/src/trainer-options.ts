import type { BatchSource, Json, Objective, TenonError } from '@tenon/core';
import type { Examples } from '@tenon/data';
import type { GradientTransform } from '@tenon/optim';
import type { StateOptions } from './carried-state.ts';
import type { CountOptions } from './count-batch.ts';
import type { FineTuningTask } from './fine-tuning-task.ts';
import type { TrainerCallback } from './trainer-callback.ts';
import type { TrainingArguments } from './training-arguments.ts';

interface TrainerParts<Model> {
  readonly model: Model;
  readonly args?: TrainingArguments;
  /** Instead of the AdamW that the arguments describe; accumulation stays theirs. */
  readonly optimizer?: GradientTransform;
  readonly callbacks?: readonly TrainerCallback[];
  /** Stops the run after the step at hand, with a checkpoint. */
  readonly signal?: AbortSignal;
  /**
   * What `saveModel` calls with a folder: the model's own `savePretrained(folder, { spec, config, model })`, and the
   * tokenizer's call.
   */
  readonly save?: (folder: string) => void | Promise<void>;
  /** What makes this run the run it is, beside the arguments. A checkpoint with another identity is refused. */
  readonly identity?: Json;
}

/** A model that learns a task from examples. */
export interface TaskTrainerOptions<Example, Feature, Batch, Model, Prediction> extends TrainerParts<Model> {
  /** Any that can do with what the model has. */
  readonly task: FineTuningTask<Example, Feature, Batch, NoInfer<Model>, Prediction>;
  /** Labelled examples: `train` refuses others. */
  readonly trainDataset?: Examples<Example>;
  readonly evalDataset?: Examples<Example>;
  /** Told of examples that cannot be used, which are then left out, instead of the error being thrown. */
  readonly onInvalid?: (error: TenonError) => void;
}

/** A model that learns from batches of one's own: language modelling for instance. */
export interface BatchTrainerOptions<Batch, Model>
  extends TrainerParts<Model>,
    CountOptions<Batch>,
    StateOptions<Batch> {
  /** Should not end before the run does: `epochs: Infinity`. */
  readonly trainBatches?: BatchSource<Batch>;
  /** Makes the batches anew each time; they have to end. */
  readonly evalBatches?: () => BatchSource<Batch>;
}

export type TrainerOptions<Example, Feature, Batch, Model extends Objective<Batch>, Prediction> =
  | TaskTrainerOptions<Example, Feature, Batch, Model, Prediction>
  | BatchTrainerOptions<Batch, Model>;
