import type { BatchSource, Json, Objective, RecurrentState } from '@tenon/core';
import type { GradientTransform } from '@tenon/optim';
import type { BestEvaluation, BestModelOptions } from './best-model.ts';
import type { Evaluation } from './evaluate.ts';
import type { CheckpointOptions } from './run-checkpoints.ts';
import type { EvaluateEvent, Stopped, TrainerCallback } from './trainer-callback.ts';
import type { TrainingArguments } from './training-arguments.ts';

/** An evaluation, and the predictions that it is of. */
export type Measured = Evaluation & Pick<EvaluateEvent, 'describe'>;

/** A run with everything decided. */
export interface RunOptions<Batch> {
  readonly objective: Objective<Batch>;
  readonly optimizer: GradientTransform;
  readonly batches: BatchSource<Batch>;
  readonly state: ((batch: Batch) => RecurrentState) | undefined;
  readonly steps: number;
  readonly seed: number;
  readonly tokens: (batch: Batch) => number;
  readonly evaluation:
    | {
        /** @param subject and `lastGood`: for the error about a loss that is not finite. */
        readonly measure: (subject: string, lastGood: string) => Promise<Measured>;
        readonly every: number | 'epoch';
        readonly onStart: boolean;
        readonly atEnd: boolean;
      }
    | undefined;
  readonly checkpoints: CheckpointOptions | undefined;
  readonly bestModel: BestModelOptions | undefined;
  /** Steps from one log to the next. */
  readonly logEvery: number;
  readonly identity: Json;
  readonly callbacks: readonly TrainerCallback[];
  /** For the callbacks to know. */
  readonly args: TrainingArguments | undefined;
  readonly signal: AbortSignal | undefined;
}

export interface TrainResult {
  readonly step: number;
  readonly stopped: Stopped;
  /** The last step's; absent when no step was made. */
  readonly loss?: number;
  /** The last one that was made. */
  readonly evaluation?: Evaluation;
  /** The best one, whose weights the model has now; where the run keeps its best model. */
  readonly best?: BestEvaluation & { readonly checkpoint: string };
  /** The last checkpoint's folder. */
  readonly checkpoint?: string;
}
