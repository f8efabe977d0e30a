import type { Json, Module } from '@tenon/core';
import type { BestModelOptions } from './best-model.ts';
import type { Evaluation } from './evaluate.ts';
import type { DescribedPrediction } from './fine-tuning-task.ts';
import type { TrainingArguments } from './training-arguments.ts';

/** A moment of a run. */
export interface RunEvent {
  /** Updates made so far. */
  readonly step: number;
  /** Epochs begun and the share of the last one that is over, as in 2.25; where the batches know their epochs. */
  readonly epoch?: number;
}

export interface TrainBeginEvent extends RunEvent {
  /** 0, or that of the checkpoint that the run goes on from. */
  readonly step: number;
  /** Updates that there will be. */
  readonly steps: number;
  /** The checkpoint's folder; absent in a run that starts anew. */
  readonly resumedFrom?: string;
  /** How the run tells its best model, where it keeps one. */
  readonly bestModel?: BestModelOptions;
  /** What is trained. */
  readonly model?: Pick<Module, 'parameters'>;
  /** What a `Trainer` was told. */
  readonly args?: TrainingArguments;
}

export interface EpochEvent extends RunEvent {
  /** Epochs that are over. */
  readonly epoch: number;
}

/** One of the batches that make up an update, added to those before. */
export interface SubstepEvent extends RunEvent {
  readonly loss: number;
}

/** One update of the weights. */
export interface StepEvent extends RunEvent {
  /** Counted from 1. */
  readonly step: number;
  /** The mean over the step's batches, before the update. */
  readonly loss: number;
  /** The objective's named shares of the loss. */
  readonly parts?: Readonly<Record<string, number>>;
  /** Where the optimiser has one. */
  readonly learningRate?: number;
  /** Before clipping; where the optimiser takes it. */
  readonly gradientNorm?: number;
  readonly tokens: number;
  readonly seconds: number;
}

/** Every so many steps. */
export interface LogEvent extends RunEvent {
  /** The mean of the steps since the last log. */
  readonly loss: number;
  /** The last step's, as is the norm. */
  readonly learningRate?: number;
  readonly gradientNorm?: number;
}

export interface EvaluateEvent extends RunEvent, Evaluation {
  readonly seconds: number;
  /** The examples and their predictions in words; where a task tells of them. */
  readonly describe?: () => readonly DescribedPrediction[];
}

export interface PredictEvent extends RunEvent {
  /** One for each example. */
  readonly predictions: readonly unknown[];
  /** The same in words, with the examples; where the task tells of them. */
  readonly describe?: () => readonly DescribedPrediction[];
}

export interface SaveEvent extends RunEvent {
  /** The checkpoint's folder. */
  readonly folder: string;
}

export interface TrainEndEvent extends RunEvent {
  readonly stopped: Stopped;
}

export interface WarningEvent extends RunEvent {
  readonly message: string;
}

export interface ErrorEvent extends RunEvent {
  readonly error: unknown;
}

/** Why a run came to its end: all steps made, a callback, the signal, or no batches left. */
export type Stopped = 'finished' | 'stopped' | 'interrupted' | 'exhausted';

/** What a callback can ask for by setting it to `true`. Each is done, and taken back, after the step at hand. */
export interface TrainerControl {
  /** Ends the run, with an evaluation and a checkpoint where it makes such. */
  shouldTrainingStop: boolean;
  /** Evaluates, in a run that was given what to evaluate on. */
  shouldEvaluate: boolean;
  /** Writes a checkpoint, in a run that writes such. */
  shouldSave: boolean;
  shouldLog: boolean;
}

/**
 * Is told what happens in a run, by Hugging Face's names, and waited for. An error that it throws ends the run.
 * `onTrainBegin` comes first; then for each step what is due; then `onTrainEnd`, or `onError` where the run fails.
 *
 * @example
 * ```ts
 * import type { TrainerCallback } from '@tenon/trainers';
 *
 * // Ends a run when it is good enough.
 * const goodEnough = (loss: number): TrainerCallback => ({
 *   onEvaluate(event, control) {
 *     if (event.loss < loss) control.shouldTrainingStop = true;
 *   },
 * });
 * console.log(Object.keys(goodEnough(0.5))); // [ 'onEvaluate' ]
 * ```
 */
export interface TrainerCallback {
  onTrainBegin?(event: TrainBeginEvent, control: TrainerControl): void | Promise<void>;
  onEpochBegin?(event: EpochEvent, control: TrainerControl): void | Promise<void>;
  onStepBegin?(event: RunEvent, control: TrainerControl): void | Promise<void>;
  onSubstepEnd?(event: SubstepEvent, control: TrainerControl): void | Promise<void>;
  onStepEnd?(event: StepEvent, control: TrainerControl): void | Promise<void>;
  onLog?(event: LogEvent, control: TrainerControl): void | Promise<void>;
  onEvaluate?(event: EvaluateEvent, control: TrainerControl): void | Promise<void>;
  onPredict?(event: PredictEvent, control: TrainerControl): void | Promise<void>;
  onSave?(event: SaveEvent, control: TrainerControl): void | Promise<void>;
  onEpochEnd?(event: EpochEvent, control: TrainerControl): void | Promise<void>;
  onTrainEnd?(event: TrainEndEvent, control: TrainerControl): void | Promise<void>;
  /** Something that the run goes on in spite of. Where no callback has this method, the console tells of it. */
  onWarning?(event: WarningEvent, control: TrainerControl): void | Promise<void>;
  /** The run's last event where it fails. */
  onError?(event: ErrorEvent, control: TrainerControl): void | Promise<void>;
  /** What a resumed run has to know of this callback's past. It is part of the checkpoints. */
  readonly saved?: SavedState;
}

/** A state that goes into checkpoints and comes back from them. */
export interface SavedState {
  /** Tells it from those of the run's other callbacks. */
  readonly name: string;
  save(): Json;
  /** Gets what `save` gave, before `onTrainBegin`. */
  load(state: Json): void;
}
