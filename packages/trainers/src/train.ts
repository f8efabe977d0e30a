import { assertWhole, type BatchSource, type Json, type Objective, TenonError } from '@tenon/core';
import type { GradientTransform } from '@tenon/optim';
import type { BestModelOptions } from './best-model.ts';
import type { StateOptions } from './carried-state.ts';
import { type CountOptions, countTokens } from './count-batch.ts';
import { asEvaluation, meanLoss } from './evaluate.ts';
import type { CheckpointOptions } from './run-checkpoints.ts';
import type { TrainResult } from './run-options.ts';
import type { TrainerCallback } from './trainer-callback.ts';
import { TrainingRun } from './training-run.ts';

export interface TrainOptions<Batch> extends CountOptions<Batch>, StateOptions<Batch> {
  /**
   * What is minimised. Its parameters are trained, those with `trainable` false left out. One that the loss does not
   * depend on stays as it is, without decay, and `onWarning` names it once.
   */
  readonly objective: Objective<Batch>;
  /**
   * How gradients become updates. `accumulate(n, …)` makes one step out of n batches, and of those that are left at
   * the end of an epoch.
   */
  readonly optimizer: GradientTransform;
  readonly batches: BatchSource<Batch>;
  /** Updates of the weights, those before a resume included. */
  readonly steps: number;
  /** What dropout draws from. @default 42 */
  readonly seed?: number;
  /** Measured before the first step, every so many steps or at each `epoch`'s end, and at the end. */
  readonly evaluation?: {
    /** Makes the batches anew each time; they have to end. */
    readonly batches: () => BatchSource<Batch>;
    /** @default only before the first step and at the end */
    readonly every?: number | 'epoch';
  };
  /** Absent for a run that leaves nothing behind. */
  readonly checkpoints?: CheckpointOptions;
  /**
   * Keeps the best model: each evaluation that beats those before writes a checkpoint, which stays, and the objective
   * has its weights at the end.
   * @default the model is what the last step made of it
   */
  readonly bestModel?: BestModelOptions;
  /** Steps from one `onLog` to the next; the last step always has one. @default 500 */
  readonly logEvery?: number;
  /**
   * What makes this run the run it is, beside seed, parameters and optimiser: a configuration, a hash of the
   * data. A checkpoint with another identity is refused.
   * @default null
   */
  readonly identity?: Json;
  readonly callbacks?: readonly TrainerCallback[];
  /** Stops the run after the step at hand, with a checkpoint. */
  readonly signal?: AbortSignal;
}

/**
 * Trains an objective, and can be stopped at any moment: a run that is killed and resumed ends with the
 * same loss and weights, bit for bit, as one that was left alone.
 *
 * @throws {TenonError} when the loss turns NaN, a checkpoint cannot be written, one is not this run's, or
 *   what is asked for contradicts itself.
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { tokenWindows } from '@tenon/data';
 * import { CausalLM } from '@tenon/heads';
 * import { gpt2, gpt2Small } from '@tenon/models';
 * import { adamW, chain, clipByGlobalNorm } from '@tenon/optim';
 * import { train } from '@tenon/trainers';
 *
 * const size = { vocabularySize: 10, contextLength: 8, hiddenSize: 8, layers: 1, heads: 2 };
 * using objective = new CausalLM(gpt2({ ...gpt2Small, ...size }));
 * const ids = Int32Array.from({ length: 500 }, (_, i) => i % 10);
 * const { loss } = await train({
 *   objective,
 *   optimizer: chain(clipByGlobalNorm(1), adamW({ learningRate: 0.01 })),
 *   batches: tokenWindows(ids, { length: 8, batchSize: 4 }),
 *   steps: 20,
 * });
 * console.log(loss);
 * ```
 */
export async function train<Batch>(options: TrainOptions<Batch>): Promise<TrainResult> {
  const { objective, steps, seed = 42, tokens = countTokens, evaluation, logEvery = 500 } = options;
  assertWhole('steps', steps);
  assertWhole('logEvery', logEvery);
  const every = evaluation?.every ?? steps;
  if (every !== 'epoch') assertWhole('evaluation every', every);
  assertBestModel(options);
  using run = new TrainingRun({
    objective,
    optimizer: options.optimizer,
    batches: options.batches,
    state: options.state,
    steps,
    seed,
    tokens,
    evaluation: evaluation && {
      async measure(subject, lastGood) {
        return asEvaluation(await meanLoss(objective, evaluation.batches(), options), subject, lastGood);
      },
      every,
      onStart: true,
      atEnd: true,
    },
    checkpoints: options.checkpoints,
    bestModel: options.bestModel,
    logEvery,
    identity: options.identity ?? null,
    callbacks: options.callbacks ?? [],
    args: undefined,
    signal: options.signal,
  });
  return await run.go();
}

function assertBestModel<Batch>({ bestModel, evaluation, checkpoints }: TrainOptions<Batch>): void {
  if (bestModel === undefined || (evaluation !== undefined && checkpoints !== undefined)) return;
  throw new TenonError({
    subject: 'bestModel',
    expected: 'evaluation, which tells the best one, and checkpoints, which keep it',
    got: `no ${evaluation === undefined ? 'evaluation' : 'checkpoints'}`,
    advice: 'Pass both, or leave bestModel out.',
  });
}
