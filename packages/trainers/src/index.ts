export type { BestEvaluation, BestModelOptions } from './best-model.ts';
export type { StateOptions } from './carried-state.ts';
export type { CountOptions } from './count-batch.ts';
export { type EarlyStoppingOptions, earlyStopping } from './early-stopping.ts';
export { type EvaluateOptions, type Evaluation, evaluate } from './evaluate.ts';
export type { DescribedPrediction, FineTuningTask } from './fine-tuning-task.ts';
export { interruptSignal } from './interrupt-signal.ts';
export { type MetricsFileOptions, metricsFile } from './metrics-file.ts';
export type { CheckpointOptions } from './run-checkpoints.ts';
export { type TrainOptions, train } from './train.ts';
export type {
  EpochEvent,
  ErrorEvent,
  EvaluateEvent,
  LogEvent,
  PredictEvent,
  RunEvent,
  SavedState,
  SaveEvent,
  StepEvent,
  Stopped,
  SubstepEvent,
  TrainBeginEvent,
  TrainEndEvent,
  TrainerCallback,
  TrainerControl,
  WarningEvent,
} from './trainer-callback.ts';
export type { IntervalStrategy, LearningRateSchedulerType, TrainingArguments } from './training-arguments.ts';
export type { TrainResult } from './training-run.ts';
