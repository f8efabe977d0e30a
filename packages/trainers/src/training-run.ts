import { setImmediate } from 'node:timers/promises';
import { type Json, TenonError } from '@tenon/core';
import { createOptimizer, type Optimizer } from '@tenon/optim';
import { type BestEvaluation, isBetter, isGreaterBetter, metricOf } from './best-model.ts';
import { CallbackList } from './callback-list.ts';
import { CarriedState } from './carried-state.ts';
import type { RunRecord } from './checkpoint-folder.ts';
import { RunCheckpoints, restoreRun } from './run-checkpoints.ts';
import type { RunOptions, TrainResult } from './run-options.ts';
import { makeStep, type StepParts } from './step.ts';
import type { RunEvent, StepEvent, Stopped } from './trainer-callback.ts';

/** The training loop: steps, and what is due after each. */
export class TrainingRun<Batch> implements Disposable {
  readonly #options: RunOptions<Batch>;
  readonly #parts: StepParts<Batch>;
  readonly #optimizer: Optimizer;
  readonly #carried: CarriedState<Batch>;
  readonly #checkpoints: RunCheckpoints | undefined;
  readonly #callbacks: CallbackList;
  /** Parameters that a warning has named. */
  readonly #unused = new Set<string>();
  #batchesTaken = 0;
  #loss: number | undefined;
  #unlogged = { loss: 0, steps: 0 };
  #lastStep: Pick<StepEvent, 'learningRate' | 'gradientNorm'> = {};
  #evaluation: RunRecord['evaluation'];
  #best: BestEvaluation | undefined;
  #savedAt: number | undefined;
  /** Whether there is something to save beside the step: an evaluation or a log since. */
  #hasMore = false;

  /** @throws {TenonError} when something is to happen at each epoch and the batches know none. */
  constructor(options: RunOptions<Batch>) {
    const { batchesPerEpoch } = options.batches;
    assertEpochs('evaluation every', options.evaluation?.every, batchesPerEpoch);
    assertEpochs('checkpoints every', options.checkpoints?.every, batchesPerEpoch);
    const { objective, optimizer, batches, seed, tokens, state, callbacks } = options;
    const trainable = new Map([...objective.parameters()].filter(([, parameter]) => parameter.trainable));
    if (trainable.size === 0) {
      throw new TenonError({
        subject: 'objective',
        expected: 'a parameter that is trainable',
        got: 'none',
        advice: 'Freeze less of it.',
      });
    }
    this.#options = options;
    this.#checkpoints = options.checkpoints && new RunCheckpoints(options.checkpoints);
    this.#callbacks = new CallbackList(callbacks);
    this.#carried = new CarriedState(state);
    this.#optimizer = createOptimizer(optimizer, trainable);
    this.#parts = {
      objective,
      trainable,
      optimizer: this.#optimizer,
      batches,
      batchesPerEpoch,
      carried: this.#carried,
      tokens,
      seed,
      lastGood: () => this.#lastGood,
      onSubstep: (loss) => this.#callbacks.tell('onSubstepEnd', { ...this.#now(), loss }),
      onUnused: (names) => this.#warnOfUnused(names),
    };
  }

  get #step(): number {
    return this.#optimizer.step;
  }

  get #lastGood(): string {
    return this.#checkpoints?.lastGood() ?? 'No checkpoints were asked for.';
  }

  get #epochs(): number | undefined {
    const { batchesPerEpoch } = this.#parts;
    return batchesPerEpoch && this.#batchesTaken / batchesPerEpoch;
  }

  #now(): RunEvent {
    const epoch = this.#epochs;
    return { step: this.#step, ...(epoch !== undefined && { epoch }) };
  }

  async go(): Promise<TrainResult> {
    try {
      return await this.#go();
    } catch (error) {
      await this.#callbacks.tellError({ ...this.#now(), error });
      throw error;
    }
  }

  async #go(): Promise<TrainResult> {
    const { objective, steps, evaluation, bestModel, args } = this.#options;
    const resumedFrom = await this.#resume();
    await this.#callbacks.tell('onTrainBegin', {
      ...this.#now(),
      steps,
      model: objective,
      ...(args !== undefined && { args }),
      ...(resumedFrom !== undefined && { resumedFrom }),
      ...(bestModel !== undefined && { bestModel }),
    });
    if (resumedFrom === undefined && evaluation?.onStart && (await this.#evaluate())) await this.#save();
    const stopped = await this.#train();
    if (stopped === 'exhausted') await this.#warnOfEnd();
    // An interrupted run does only what it would have done: it has to leave the same traces as another.
    if (stopped !== 'interrupted') {
      await this.#log();
      if (evaluation?.atEnd) await this.#evaluate();
    }
    await this.#save();
    if (stopped !== 'interrupted' && this.#best !== undefined) {
      this.#checkpoints!.loadWeights(this.#best.step, this.#options.objective);
    }
    await this.#callbacks.tell('onTrainEnd', { ...this.#now(), stopped });
    return this.#result(stopped);
  }

  async #train(): Promise<Stopped> {
    const { steps, signal } = this.#options;
    let inEpoch = false;
    for (;;) {
      if (this.#step >= steps) return 'finished';
      if (this.#callbacks.control.shouldTrainingStop) return 'stopped';
      if (signal?.aborted) return 'interrupted';
      const epoch = this.#epochs;
      if (!inEpoch && epoch !== undefined) {
        await this.#callbacks.tell('onEpochBegin', { step: this.#step, epoch: Math.floor(epoch) });
        inEpoch = true;
      }
      if (!(await this.#makeStep())) return 'exhausted';
      if (this.#isDue('epoch')) {
        await this.#callbacks.tell('onEpochEnd', { step: this.#step, epoch: this.#epochs! });
        inEpoch = false;
      }
      await this.#doWhatIsDue();
    }
  }

  /** Whether a step was made that ends an epoch, or is one of every so many. */
  #isDue(every: number | 'epoch'): boolean {
    return every === 'epoch' ? Number.isInteger(this.#epochs) : this.#step % every === 0;
  }

  async #doWhatIsDue(): Promise<void> {
    const { evaluation, logEvery, steps } = this.#options;
    // What is done at the end comes before its checkpoint: who goes on from there must not do it again.
    const ends = (): boolean => this.#step === steps || this.#callbacks.control.shouldTrainingStop;
    const log = this.#callbacks.take('shouldLog');
    if (log || this.#isDue(logEvery) || ends()) await this.#log();
    const asked = this.#callbacks.take('shouldEvaluate');
    const due = evaluation && (this.#isDue(evaluation.every) || (evaluation.atEnd && ends()));
    const isBest = (asked || due) && (await this.#evaluate());
    if (ends()) await this.#log();
    const save = this.#callbacks.take('shouldSave');
    if (isBest || save || (this.#checkpoints && this.#isDue(this.#checkpoints.every))) await this.#save();
  }

  /** The folder that the run goes on from. */
  async #resume(): Promise<string | undefined> {
    const { batches, identity, bestModel } = this.#options;
    const warn = (message: string): Promise<void> => this.#warn(message);
    const found = await this.#checkpoints?.find(warn);
    if (found === undefined) return undefined;
    const { folder, record } = found;
    const seek = (position: Json): void => batches.seek(position);
    restoreRun(found, { seed: this.#parts.seed, identity, seek }, this.#parts);
    this.#batchesTaken = record.batchesTaken;
    this.#loss = record.loss;
    this.#evaluation = record.evaluation;
    this.#best = bestModel && (await this.#checkpoints!.keptBest(record, warn));
    this.#unlogged = record.unlogged ?? this.#unlogged;
    this.#savedAt = record.step;
    this.#callbacks.load(record.callbacks ?? {});
    return folder;
  }

  async #warn(message: string): Promise<void> {
    await this.#callbacks.warn({ ...this.#now(), message });
  }

  async #warnOfEnd(): Promise<void> {
    const { steps } = this.#options;
    await this.#warn(
      `the batches ended after ${this.#step} of ${steps} steps: give them epochs: Infinity, or ask for fewer steps`,
    );
  }

  /** Once for each: as a rule all in the first step. */
  async #warnOfUnused(names: readonly string[]): Promise<void> {
    const unknown = names.filter((name) => !this.#unused.has(name));
    if (unknown.length === 0) return;
    for (const name of unknown) this.#unused.add(name);
    const [them, they] =
      unknown.length === 1 ? ['it', 'it stays as it is'] : ['them', 'they stay as they are'];
    await this.#warn(`${unknown.join(', ')}: the loss does not depend on ${them}, so ${they}`);
  }

  /** Whether there were batches for it. */
  async #makeStep(): Promise<boolean> {
    await this.#callbacks.tell('onStepBegin', this.#now());
    const started = performance.now();
    const outcome = await makeStep(this.#parts, this.#batchesTaken);
    if (outcome === undefined) return false;
    const { batchesTaken, ...report } = outcome;
    this.#batchesTaken += batchesTaken;
    this.#loss = report.loss;
    this.#unlogged = { loss: this.#unlogged.loss + report.loss, steps: this.#unlogged.steps + 1 };
    const { learningRate, gradientNorm } = report;
    this.#lastStep = {
      ...(learningRate !== undefined && { learningRate }),
      ...(gradientNorm !== undefined && { gradientNorm }),
    };
    const event = { ...this.#now(), ...report, seconds: secondsSince(started) };
    await this.#callbacks.tell('onStepEnd', event);
    await setImmediate(); // the backends compute synchronously: signals and timers need their turn
    return true;
  }

  async #log(): Promise<void> {
    const { loss, steps } = this.#unlogged;
    if (steps === 0) return;
    this.#unlogged = { loss: 0, steps: 0 };
    this.#hasMore = true;
    await this.#callbacks.tell('onLog', { ...this.#now(), loss: loss / steps, ...this.#lastStep });
  }

  /** Whether it is the best so far, in a run that keeps its best model. */
  async #evaluate(): Promise<boolean> {
    const { evaluation, bestModel } = this.#options;
    if (evaluation === undefined || this.#evaluation?.step === this.#step) return false;
    const started = performance.now();
    const subject = `evaluation loss at step ${this.#step}`;
    const { describe, ...measured } = await evaluation.measure(subject, this.#lastGood);
    this.#evaluation = { step: this.#step, ...measured };
    this.#hasMore = true;
    const event = {
      ...this.#now(),
      ...measured,
      ...(describe && { describe }),
      seconds: secondsSince(started),
    };
    await this.#callbacks.tell('onEvaluate', event);
    if (bestModel === undefined) return false;
    const value = metricOf(measured, bestModel.metricForBestModel ?? 'loss');
    if (!isBetter(value, this.#best?.value, isGreaterBetter(bestModel))) return false;
    this.#best = { step: this.#step, value };
    return true;
  }

  async #save(): Promise<void> {
    if (this.#checkpoints === undefined || (this.#savedAt === this.#step && !this.#hasMore)) return;
    const record: RunRecord = {
      step: this.#step,
      seed: this.#parts.seed,
      position: this.#options.batches.position(),
      batchesTaken: this.#batchesTaken,
      ...(this.#loss !== undefined && { loss: this.#loss }),
      ...(this.#evaluation !== undefined && { evaluation: this.#evaluation }),
      ...(this.#best !== undefined && { best: this.#best }),
      unlogged: this.#unlogged,
      callbacks: this.#callbacks.save(),
      identity: this.#options.identity,
    };
    const folder = await this.#checkpoints.save(record, this.#parts);
    this.#savedAt = this.#step;
    this.#hasMore = false;
    await this.#callbacks.tell('onSave', { ...this.#now(), folder });
  }

  #result(stopped: Stopped): TrainResult {
    const { step, ...evaluation } = this.#evaluation ?? { step: undefined };
    const best = this.#best;
    const checkpoint = this.#checkpoints?.latest;
    return {
      step: this.#step,
      stopped,
      ...(this.#loss !== undefined && { loss: this.#loss }),
      ...('loss' in evaluation && { evaluation }),
      ...(best !== undefined && { best: { ...best, checkpoint: this.#checkpoints!.at(best.step) } }),
      ...(checkpoint !== undefined && { checkpoint }),
    };
  }

  [Symbol.dispose](): void {
    this.#optimizer.dispose();
    this.#carried[Symbol.dispose]();
  }
}

const secondsSince = (started: number): number => (performance.now() - started) / 1000;

function assertEpochs(
  subject: string,
  every: number | 'epoch' | undefined,
  batchesPerEpoch: number | undefined,
): void {
  if (every !== 'epoch' || batchesPerEpoch !== undefined) return;
  throw new TenonError({
    subject,
    expected: 'a number of steps, as these batches do not know how many make an epoch',
    got: "'epoch'",
    advice: 'Pass a number, or a source with batchesPerEpoch.',
  });
}
