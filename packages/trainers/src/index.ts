export { type CountOptions, type Evaluation, evaluate } from './evaluate.ts';
export type { StepEvent, Stopped, TrainCallback, TrainEvent } from './events.ts';
export { interruptSignal } from './interrupt-signal.ts';
export { type MetricsFileOptions, metricsFile } from './metrics-file.ts';
export type { CheckpointOptions } from './run-checkpoints.ts';
export { type TrainOptions, type TrainResult, train } from './train.ts';
