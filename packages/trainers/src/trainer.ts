import { join } from 'node:path';
import { type BatchSource, freeze, type Json, type Objective, TenonError } from '@tenon/core';
import { type Examples, processedBatches } from '@tenon/data';
import { assertFits } from './assert-fits.ts';
import { CallbackList } from './callback-list.ts';
import { countTokens } from './count-batch.ts';
import { asEvaluation, meanLoss } from './evaluate.ts';
import { trainingProcessor } from './labelled-examples.ts';
import { type ResolvedArguments, resolveArguments } from './resolve-arguments.ts';
import type { Measured, RunOptions, TrainResult } from './run-options.ts';
import { TaskRunner } from './task-runner.ts';
import { accumulated, optimizerOf } from './trainer-optimizer.ts';
import type { BatchTrainerOptions, TaskTrainerOptions, TrainerOptions } from './trainer-options.ts';
import { TrainingRun } from './training-run.ts';

/** What `Trainer.evaluate` gives: the loss, and the task's metrics by their names, or the perplexity without a task. */
export interface EvaluateResult {
  readonly evalLoss: number;
  readonly [metric: string]: number;
}

/**
 * Trains a model on a task, with Hugging Face's names and defaults: a `FineTuningTask` and examples, or batches of
 * one's own. It trains what is trainable: parameters with `trainable` false get neither gradients nor a state, and
 * nothing that only leads to them is differentiated. Parameters that the loss does not depend on, as a pooler's that
 * the head does not read, stay as they are, and a warning names them once.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { tokenWindows } from '@tenon/data';
 * import { CausalLM } from '@tenon/heads';
 * import { gpt2, gpt2Small } from '@tenon/models';
 * import { Trainer } from '@tenon/trainers';
 *
 * const size = { vocabularySize: 10, contextLength: 8, hiddenSize: 8, layers: 1, heads: 2 };
 * using model = new CausalLM(gpt2({ ...gpt2Small, ...size }));
 * const ids = Int32Array.from({ length: 500 }, (_, i) => i % 10);
 * const trainer = new Trainer({
 *   model,
 *   args: { maxSteps: 20, learningRate: 0.01, warmupRatio: 0.1 },
 *   trainBatches: tokenWindows(ids, { length: 8, batchSize: 4 }),
 *   evalBatches: () => tokenWindows(ids, { length: 8, batchSize: 4, order: 'sequential', limit: 2 }),
 * });
 * await trainer.train();
 * console.log(await trainer.evaluate()); // { evalLoss: …, perplexity: … }
 * ```
 */
export class Trainer<Example, Feature, Batch, Model extends Objective<Batch>, Prediction> {
  readonly model: Model;
  /** With their defaults. */
  readonly args: ResolvedArguments;
  readonly #options: TrainerOptions<Example, Feature, Batch, Model, Prediction>;
  readonly #runner: TaskRunner<Example, Feature, Batch, Model, Prediction> | undefined;
  #step = 0;

  /**
   * @throws {TenonError} about arguments that do not exist, are out of their range, or contradict each other, and a task
   *   that is not for this model: other labels, or longer texts than it can read.
   */
  constructor(options: TrainerOptions<Example, Feature, Batch, Model, Prediction>) {
    this.args = resolveArguments(options.args ?? {}, hasEvaluation(options));
    this.model = options.model;
    this.#options = options;
    if ('task' in options) {
      assertFits(options.model, options.task);
      this.#runner = new TaskRunner(options.model, options.task, {
        batchSize: this.args.perDeviceEvalBatchSize,
        onInvalid: options.onInvalid,
      });
    }
    assertOwnOptimizer(options);
    if (this.args.freeze !== undefined) freeze(this.model, this.args.freeze);
  }

  /**
   * Trains, or goes on from a checkpoint. With `loadBestModelAtEnd` the model has the best weights then.
   *
   * @throws {TenonError} as the function `train` does.
   */
  async train(): Promise<TrainResult> {
    await this.#prepareEvaluation();
    using run = new TrainingRun(this.#runOptions());
    const result = await run.go();
    this.#step = result.step;
    return result;
  }

  /**
   * How well the model does. Examples without labels are predicted, and do not count.
   *
   * @param examples @default those of `evalDataset`
   * @throws {TenonError} when there is nothing with labels to evaluate on, or the loss is not finite.
   */
  async evaluate(examples?: Examples<Example>): Promise<EvaluateResult> {
    const started = performance.now();
    const measured = await this.#measure('evaluation loss', undefined, examples);
    const seconds = (performance.now() - started) / 1000;
    await this.#tell('onEvaluate', { step: this.#step, ...measured, seconds });
    const { loss, perplexity, metrics } = measured;
    return { evalLoss: loss, ...(this.#runner === undefined ? { perplexity } : metrics) };
  }

  /**
   * A prediction for each example, those left out that `onInvalid` is told of. Labels are not needed.
   *
   * @throws {TenonError} when the trainer has no task.
   */
  async predict(examples: Examples<Example>): Promise<readonly Prediction[]> {
    if (this.#runner === undefined) throw missing('predict', 'a task');
    const predicted = await this.#runner.predict(examples);
    await this.#tell('onPredict', { step: this.#step, ...predicted });
    return predicted.predictions;
  }

  /**
   * Writes the model by the `save` that the trainer was given.
   *
   * @param folder @default outputDir
   * @throws {TenonError} without either.
   */
  async saveModel(folder: string | undefined = this.args.outputDir): Promise<void> {
    if (folder === undefined) throw missing('saveModel', 'a folder, or an outputDir');
    const { save } = this.#options;
    if (save === undefined) throw missing('saveModel', 'save: (folder) => savePretrained(folder, …)');
    await save(folder);
  }

  async #tell(...event: Parameters<CallbackList['tell']>): Promise<void> {
    await new CallbackList(this.#options.callbacks ?? []).tell(...event);
  }

  async #measure(subject: string, lastGood?: string, examples?: Examples<Example>): Promise<Measured> {
    const options = this.#options;
    if ('task' in options) {
      const data = examples ?? options.evalDataset;
      if (data === undefined) throw missing('evaluate', 'examples, or an evalDataset');
      return await this.#runner!.measure(data, subject, lastGood);
    }
    if (options.evalBatches === undefined) throw missing('evaluate', 'evalBatches');
    return asEvaluation(await meanLoss(this.model, options.evalBatches(), options), subject, lastGood);
  }

  #runOptions(): RunOptions<Batch> {
    const { args } = this;
    const options = this.#options;
    const batches = 'task' in options ? this.#taskBatches(options) : ownBatches(options);
    const steps = stepsOf(args, batches);
    const own: Partial<BatchTrainerOptions<Batch, Model>> = 'task' in options ? {} : options;
    return {
      objective: this.model,
      optimizer: accumulated(args, options.optimizer ?? optimizerOf(args, steps)),
      batches,
      state: own.state,
      steps,
      seed: args.seed,
      tokens: own.tokens ?? countTokens,
      evaluation: hasEvaluation(options) ? this.#evaluation() : undefined,
      checkpoints: checkpointsOf(args, steps),
      bestModel: args.loadBestModelAtEnd ? bestModelOf(args) : undefined,
      logEvery: args.loggingSteps,
      identity: this.#identity(),
      callbacks: options.callbacks ?? [],
      args: options.args,
      signal: options.signal,
    };
  }

  /** What is wrong with the evaluation's examples shall not come out hours later. */
  async #prepareEvaluation(): Promise<void> {
    const options = this.#options;
    const wanted = this.args.evalStrategy !== 'no' || this.args.evalOnStart;
    if (wanted && 'task' in options && options.evalDataset) await this.#runner!.prepare(options.evalDataset);
  }

  /** Without a strategy only where a callback asks for it. */
  #evaluation(): RunOptions<Batch>['evaluation'] {
    const { evalStrategy, evalSteps, evalOnStart } = this.args;
    return {
      measure: (subject, lastGood) => this.#measure(subject, lastGood),
      every: { no: Number.POSITIVE_INFINITY, steps: evalSteps, epoch: 'epoch' as const }[evalStrategy],
      onStart: evalOnStart,
      atEnd: evalStrategy !== 'no',
    };
  }

  #taskBatches({
    task,
    trainDataset,
    onInvalid,
  }: TaskTrainerOptions<Example, Feature, Batch, Model, Prediction>): BatchSource<Batch> {
    const { args } = this;
    if (trainDataset === undefined) throw missing('train', 'a trainDataset');
    return processedBatches(trainDataset, trainingProcessor(task), {
      batchSize: args.perDeviceTrainBatchSize,
      shuffle: true,
      seed: args.seed,
      epochs: Number.POSITIVE_INFINITY,
      dropLast: args.dataloaderDropLast,
      groupByLength: args.groupByLength,
      ...(onInvalid && { onInvalid }),
    });
  }

  /** What may not change between a run and its continuation. */
  #identity(): Json {
    const { perDeviceTrainBatchSize, gradientAccumulationSteps, groupByLength, dataloaderDropLast } =
      this.args;
    const { identity = null } = this.#options;
    return {
      perDeviceTrainBatchSize,
      gradientAccumulationSteps,
      groupByLength,
      dataloaderDropLast,
      identity,
    };
  }
}

function hasEvaluation(options: { readonly evalDataset?: unknown; readonly evalBatches?: unknown }): boolean {
  return (options.evalDataset ?? options.evalBatches) !== undefined;
}

function ownBatches<Batch, Model>({ trainBatches }: BatchTrainerOptions<Batch, Model>): BatchSource<Batch> {
  if (trainBatches === undefined) throw missing('train', 'trainBatches');
  return trainBatches;
}

/** Updates in all. */
function stepsOf(args: ResolvedArguments, { batchesPerEpoch }: BatchSource<unknown>): number {
  if (args.maxSteps > 0) return args.maxSteps;
  if (batchesPerEpoch === undefined) {
    throw new TenonError({
      subject: 'numTrainEpochs',
      expected: 'batches that know how many make an epoch',
      got: 'a stream of an unknown length',
      advice: 'Set maxSteps.',
    });
  }
  return Math.ceil(args.numTrainEpochs * Math.ceil(batchesPerEpoch / args.gradientAccumulationSteps));
}

function checkpointsOf(args: ResolvedArguments, steps: number): RunOptions<never>['checkpoints'] {
  const { outputDir, saveStrategy, saveSteps, saveTotalLimit, resumeFromCheckpoint } = args;
  if (outputDir === undefined || (saveStrategy === 'no' && !args.loadBestModelAtEnd)) return undefined;
  return {
    folder: join(outputDir, 'checkpoints'),
    every: { no: steps, steps: saveSteps, epoch: 'epoch' as const }[saveStrategy],
    keep: saveTotalLimit ?? Number.POSITIVE_INFINITY,
    resume: resumeFromCheckpoint,
  };
}

function bestModelOf(args: ResolvedArguments): RunOptions<never>['bestModel'] {
  const { metricForBestModel, greaterIsBetter } = args;
  return {
    ...(metricForBestModel !== undefined && { metricForBestModel }),
    ...(greaterIsBetter !== undefined && { greaterIsBetter }),
  };
}

/** Arguments that say nothing where the optimiser is one's own. */
const OPTIMIZER_ARGUMENTS = [
  'learningRate',
  'weightDecay',
  'adamBeta1',
  'adamBeta2',
  'adamEpsilon',
  'maxGradNorm',
  'lrSchedulerType',
  'warmupRatio',
  'warmupSteps',
  'layerwiseLearningRateDecay',
] as const;

function assertOwnOptimizer({
  optimizer,
  args = {},
}: Pick<BatchTrainerOptions<never, never>, 'optimizer' | 'args'>): void {
  const idle = optimizer && OPTIMIZER_ARGUMENTS.find((name) => args[name] !== undefined);
  if (idle === undefined) return;
  throw new TenonError({
    subject: idle,
    expected: 'to be left out beside an optimizer of your own',
    got: String(args[idle]),
    advice: 'Say it to the optimizer, or leave the optimizer out.',
  });
}

function missing(method: string, needed: string): TenonError {
  return new TenonError({
    subject: `Trainer.${method}`,
    expected: needed,
    got: 'none',
    advice: 'Pass it to new Trainer({ … }).',
  });
}
