export type { BestEvaluation, BestModelOptions } from './best-model.ts';
export type { StateOptions } from './carried-state.ts';
export type { CountOptions } from './count-batch.ts';
export { type EarlyStoppingOptions, earlyStopping } from './early-stopping.ts';
export { type EvaluateOptions, type Evaluation, evaluate } from './evaluate.ts';
export type { DescribedPrediction, FineTuningTask } from './fine-tuning-task.ts';
export { interruptSignal } from './interrupt-signal.ts';
export { type MetricsFileOptions, metricsFile } from './metrics-file.ts';
export type { ResolvedArguments } from './resolve-arguments.ts';
export type { CheckpointOptions } from './run-checkpoints.ts';
export type { TrainResult } from './run-options.ts';
export {
  type ChoiceModel,
  type ChoicePrediction,
  type Choosing,
  choosing,
  type GPTChoosing,
  gptChoosing,
} from './tasks/choosing.ts';
export { type ELMoTagging, elmoTagging } from './tasks/elmo-tagging.ts';
export { type ELMoTextClassification, elmoTextClassification } from './tasks/elmo-text-classification.ts';
export { type GPTTextTask, gptTextClassification, gptTextSimilarity } from './tasks/gpt-text.ts';
export type { LogitsModel } from './tasks/logits-rows.ts';
export {
  type SpanExtraction,
  type SpanExtractionOptions,
  type SpanModel,
  spanExtraction,
} from './tasks/span-extraction.ts';
export type { TagPrediction } from './tasks/tag-task.ts';
export { type TextClassification, textClassification } from './tasks/text-classification.ts';
export type { TextPrediction } from './tasks/text-task.ts';
export { type TokenTagging, tokenTagging } from './tasks/token-tagging.ts';
export { type TrainOptions, train } from './train.ts';
export { type EvaluateResult, Trainer } from './trainer.ts';
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
export type { BatchTrainerOptions, TaskTrainerOptions, TrainerOptions } from './trainer-options.ts';
export type { IntervalStrategy, LearningRateSchedulerType, TrainingArguments } from './training-arguments.ts';
