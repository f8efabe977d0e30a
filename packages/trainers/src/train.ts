import { setImmediate } from 'node:timers/promises';
import { assertWhole, type BatchSource, type Json, type Objective } from '@tenon/core';
import { createOptimizer, type GradientTransform, type Optimizer } from '@tenon/optim';
import type { RunRecord } from './checkpoint-folder.ts';
import { asEvaluation, type CountOptions, countInputIds, type Evaluation, meanLoss } from './evaluate.ts';
import type { Stopped, TrainCallback, TrainEvent } from './events.ts';
import { type CheckpointOptions, RunCheckpoints, restoreRun } from './run-checkpoints.ts';
import { makeStep, type StepParts } from './step.ts';

export interface TrainOptions<Batch> extends CountOptions<Batch> {
  /** What is minimised. Its parameters are trained, those with `trainable` false left out. */
  readonly objective: Objective<Batch>;
  /** How gradients become updates. `accumulate(n, …)` makes one step out of n batches. */
  readonly optimizer: GradientTransform;
  readonly batches: BatchSource<Batch>;
  /** Updates of the weights, those before a resume included. */
  readonly steps: number;
  /** What dropout draws from. @default 42 */
  readonly seed?: number;
  /** Measured before the first step, every so many steps, and at the end. */
  readonly evaluation?: {
    /** Makes the batches anew each time; they have to end. */
    readonly batches: () => BatchSource<Batch>;
    /** @default only before the first step and at the end */
    readonly every?: number;
  };
  /** Absent for a run that leaves nothing behind. */
  readonly checkpoints?: CheckpointOptions;
  /**
   * What makes this run the run it is, beside seed, parameters and optimiser: a configuration, a hash of the
   * data. A checkpoint with another identity is refused.
   * @default null
   */
  readonly identity?: Json;
  readonly callbacks?: readonly TrainCallback[];
  /** Stops the run after the step at hand, with a checkpoint. */
  readonly signal?: AbortSignal;
}

export interface TrainResult {
  readonly step: number;
  readonly stopped: Stopped;
  /** The last step's; absent when no step was made. */
  readonly loss?: number;
  /** The last one that was made. */
  readonly evaluation?: Evaluation;
  /** The last checkpoint's folder. */
  readonly checkpoint?: string;
}

/**
 * Trains an objective, and can be stopped at any moment: a run that is killed and resumed ends with the
 * same loss and weights, bit for bit, as one that was left alone.
 *
 * @throws {TenonError} when the loss turns NaN, a checkpoint cannot be written, or one is not this run's.
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
  using run = new TrainingRun(options);
  return await run.go();
}

class TrainingRun<Batch> {
  readonly #options: TrainOptions<Batch>;
  readonly #parts: StepParts<Batch>;
  readonly #optimizer: Optimizer;
  readonly #checkpoints: RunCheckpoints | undefined;
  #batchesTaken = 0;
  #loss: number | undefined;
  #evaluation: RunRecord['evaluation'];
  #savedAt: number | undefined;

  constructor(options: TrainOptions<Batch>) {
    const { objective, optimizer, batches, steps, seed = 42, tokens = countInputIds } = options;
    assertWhole('steps', steps);
    if (options.evaluation?.every !== undefined) assertWhole('evaluation every', options.evaluation.every);
    const trainable = new Map([...objective.parameters()].filter(([, parameter]) => parameter.trainable));
    this.#options = options;
    this.#checkpoints = options.checkpoints && new RunCheckpoints(options.checkpoints);
    this.#optimizer = createOptimizer(optimizer, trainable);
    const lastGood = (): string => this.#checkpoints?.lastGood() ?? 'No checkpoints were asked for.';
    this.#parts = { objective, trainable, optimizer: this.#optimizer, batches, tokens, seed, lastGood };
  }

  get #step(): number {
    return this.#optimizer.step;
  }

  async go(): Promise<TrainResult> {
    try {
      return await this.#go();
    } catch (error) {
      // What a callback throws now must not hide why the run failed.
      await this.#tell({ type: 'failed', step: this.#step, error }).catch(() => undefined);
      throw error;
    }
  }

  async #go(): Promise<TrainResult> {
    const { steps, evaluation, signal } = this.#options;
    const resumed = await this.#resume();
    await this.#tell({
      type: 'start',
      step: this.#step,
      steps,
      ...(resumed !== undefined && { resumedFrom: resumed }),
    });
    if (resumed === undefined) await this.#evaluate();

    let stopped: Stopped | undefined;
    while (stopped === undefined) {
      if (this.#step >= steps) stopped = 'finished';
      else if (signal?.aborted) stopped = 'interrupted';
      else if (!(await this.#makeStep())) stopped = 'exhausted';
      else {
        if (this.#step % (evaluation?.every ?? steps) === 0) await this.#evaluate();
        if (this.#step % (this.#checkpoints?.every ?? steps) === 0) await this.#save();
      }
    }
    // An interrupted run evaluates when it would have: it has to leave the same traces as another.
    if (stopped !== 'interrupted') await this.#evaluate();
    await this.#save();
    await this.#tell({ type: 'end', step: this.#step, stopped });
    return this.#result(stopped);
  }

  /** The folder that the run goes on from. */
  async #resume(): Promise<string | undefined> {
    const { objective, batches, identity = null } = this.#options;
    const found = await this.#checkpoints?.find((message) =>
      this.#tell({ type: 'warning', step: this.#step, message }),
    );
    if (found === undefined) return undefined;
    const seek = (position: Json): void => batches.seek(position);
    restoreRun(found, { seed: this.#parts.seed, identity, seek }, objective, this.#optimizer);
    this.#batchesTaken = found.record.batchesTaken;
    this.#loss = found.record.loss;
    this.#evaluation = found.record.evaluation;
    this.#savedAt = found.record.step;
    return found.folder;
  }

  /** Whether there were batches for it. */
  async #makeStep(): Promise<boolean> {
    const started = performance.now();
    const outcome = await makeStep(this.#parts, this.#batchesTaken);
    if (outcome === undefined) return false;
    const { batchesTaken, ...report } = outcome;
    this.#batchesTaken += batchesTaken;
    this.#loss = report.loss;
    await this.#tell({ type: 'step', step: this.#step, ...report, seconds: secondsSince(started) });
    await setImmediate(); // the backends compute synchronously: signals and timers need their turn
    return true;
  }

  async #evaluate(): Promise<void> {
    const { evaluation, objective } = this.#options;
    if (evaluation === undefined || this.#evaluation?.step === this.#step) return;
    const started = performance.now();
    const loss = await meanLoss(objective, evaluation.batches(), this.#parts);
    const subject = `evaluation loss at step ${this.#step}`;
    this.#evaluation = { step: this.#step, ...asEvaluation(loss, subject, this.#parts.lastGood()) };
    await this.#tell({ type: 'evaluation', ...this.#evaluation, seconds: secondsSince(started) });
  }

  async #save(): Promise<void> {
    if (this.#checkpoints === undefined || this.#savedAt === this.#step) return;
    const { objective, batches, identity = null } = this.#options;
    const record: RunRecord = {
      step: this.#step,
      seed: this.#parts.seed,
      position: batches.position(),
      batchesTaken: this.#batchesTaken,
      ...(this.#loss !== undefined && { loss: this.#loss }),
      ...(this.#evaluation !== undefined && { evaluation: this.#evaluation }),
      identity,
    };
    const folder = await this.#checkpoints.save(record, objective, this.#optimizer);
    this.#savedAt = this.#step;
    await this.#tell({ type: 'checkpoint', step: this.#step, folder });
  }

  #result(stopped: Stopped): TrainResult {
    const checkpoint = this.#checkpoints?.latest;
    return {
      step: this.#step,
      stopped,
      ...(this.#loss !== undefined && { loss: this.#loss }),
      ...(this.#evaluation !== undefined && {
        evaluation: { loss: this.#evaluation.loss, perplexity: this.#evaluation.perplexity },
      }),
      ...(checkpoint !== undefined && { checkpoint }),
    };
  }

  async #tell(event: TrainEvent): Promise<void> {
    for (const callback of this.#options.callbacks ?? []) await callback(event);
  }

  [Symbol.dispose](): void {
    this.#optimizer.dispose();
  }
}

const secondsSince = (started: number): number => (performance.now() - started) / 1000;
