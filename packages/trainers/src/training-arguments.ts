import type { ParameterChoice } from '@tenon/core';

/**
 * How to train, by Hugging Face's names in camelCase and with its defaults. What is not here does not exist: an
 * unknown name is refused.
 */
export interface TrainingArguments {
  /** Where checkpoints and the model go. @default nothing is written */
  readonly outputDir?: string;
  /** @default 8 */
  readonly perDeviceTrainBatchSize?: number;
  /** @default 8 */
  readonly perDeviceEvalBatchSize?: number;
  /** Batches that make up one update. An epoch's last update is made of what is left. @default 1 */
  readonly gradientAccumulationSteps?: number;
  /** The highest rate of the schedule. @default 5e-5 */
  readonly learningRate?: number;
  /** Not of biases and layer norms. @default 0 */
  readonly weightDecay?: number;
  /** @default 0.9 */
  readonly adamBeta1?: number;
  /** @default 0.999 */
  readonly adamBeta2?: number;
  /** @default 1e-8 */
  readonly adamEpsilon?: number;
  /** Gradients that are longer than this together are shortened; 0 for no limit. @default 1 */
  readonly maxGradNorm?: number;
  /** May be a fraction. @default 3 */
  readonly numTrainEpochs?: number;
  /** Updates in all, whatever the epochs. @default -1, which leaves it to the epochs */
  readonly maxSteps?: number;
  /** How the learning rate goes on after its warm-up. @default 'linear', down to 0 */
  readonly lrSchedulerType?: LearningRateSchedulerType;
  /** The share of all updates in which the learning rate rises. @default 0 */
  readonly warmupRatio?: number;
  /** The same in updates; it goes before the ratio. @default 0 */
  readonly warmupSteps?: number;
  /** Updates from one `onLog` to the next. @default 500 */
  readonly loggingSteps?: number;
  /** @default 'no', or 'steps' where `evalSteps` is given */
  readonly evalStrategy?: IntervalStrategy;
  /** @default loggingSteps */
  readonly evalSteps?: number;
  /** Evaluate before the first update as well. @default false */
  readonly evalOnStart?: boolean;
  /** @default 'steps' where there is an `outputDir` */
  readonly saveStrategy?: IntervalStrategy;
  /** @default 500 */
  readonly saveSteps?: number;
  /** The most checkpoints that are kept. The best is never deleted, nor the newest. @default no limit */
  readonly saveTotalLimit?: number;
  /** What the order of the examples and dropout depend on. @default 42 */
  readonly seed?: number;
  /** A checkpoint is written at each new best, and its weights are loaded at the end. @default false */
  readonly loadBestModelAtEnd?: boolean;
  /** What the best model is told by: 'loss' or one of the task's metrics. @default 'loss' */
  readonly metricForBestModel?: string;
  /** @default true, but false where the metric's name ends in 'loss' */
  readonly greaterIsBetter?: boolean;
  /** Puts examples of about the same length into a batch, so that there is less padding. @default false */
  readonly groupByLength?: boolean;
  /** Leaves an epoch's last batch out where it is not full. @default false */
  readonly dataloaderDropLast?: boolean;
  /**
   * `true` goes on from the newest checkpoint in `outputDir`; `'if-any'` does so where there is one and else starts
   * anew; `false` starts anew, in a folder without checkpoints.
   * @default false
   */
  readonly resumeFromCheckpoint?: boolean | 'if-any';
  /** Ours: each layer learns at this share of the rate of the one above it, as in 0.95. @default 1 */
  readonly layerwiseLearningRateDecay?: number;
  /** Ours: parameters that stay as they are, as in `/^backbone\./`: no gradient is computed for them. @default none */
  readonly freeze?: ParameterChoice;
}

export type LearningRateSchedulerType = 'linear' | 'cosine' | 'constant' | 'constant_with_warmup';

export type IntervalStrategy = 'no' | 'steps' | 'epoch';
