import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { openSafetensors, writeSafetensors } from '@tenon/checkpoints';
import { assertWhole, type Json, type Module, type StateDict, storedTensor, TenonError } from '@tenon/core';
import type { Optimizer } from '@tenon/optim';
import type { CarriedState } from './carried-state.ts';
import {
  checkpointFolder,
  checkpointFolders,
  type FoundCheckpoint,
  newestCheckpoint,
  pruneCheckpoints,
  type RunRecord,
  readRecord,
  removeUnfinished,
  writeCheckpoint,
} from './checkpoint-folder.ts';

export interface CheckpointOptions {
  /** Where the folders `step-00000500` go. */
  readonly folder: string;
  /**
   * Steps from one checkpoint to the next, or one at each `epoch`'s end; the last step always has one.
   * @default 500
   */
  readonly every?: number | 'epoch';
  /** How many are kept; the best model's is always one of them. @default 2 */
  readonly keep?: number;
  /**
   * `true` goes on from the newest checkpoint in the folder that is whole; `'if-any'` does so where there is
   * one, and else starts anew; `false` starts anew, in a folder without checkpoints.
   * @default false
   */
  readonly resume?: boolean | 'if-any';
}

/** The names of the tensors' files in a checkpoint. */
const WEIGHTS = 'weights.safetensors';
const OPTIMIZER = 'optimizer.safetensors';
const STATE = 'state.safetensors';

/** Whose tensors a checkpoint holds. */
export interface RunParts {
  readonly objective: Module;
  readonly optimizer: Optimizer;
  /** What is carried from batch to batch; without tensors where nothing is. */
  readonly carried: Pick<CarriedState<never>, 'stateDict' | 'loadStateDict'>;
}

/** The checkpoints of one run: saves, keeps the last few, and finds the way back to the newest. */
export class RunCheckpoints {
  readonly every: number | 'epoch';
  readonly #folder: string;
  readonly #keep: number;
  readonly #resume: boolean | 'if-any';
  #latest: string | undefined;

  constructor({ folder, every = 500, keep = 2, resume = false }: CheckpointOptions) {
    if (every !== 'epoch') assertWhole('checkpoints every', every);
    if (keep !== Number.POSITIVE_INFINITY) assertWhole('checkpoints keep', keep);
    this.#folder = folder;
    this.every = every;
    this.#keep = keep;
    this.#resume = resume;
  }

  /** The folder of the last good one. */
  get latest(): string | undefined {
    return this.#latest;
  }

  /**
   * What to go on from, or `undefined` for a new run.
   *
   * @throws {TenonError} when there is none and there has to be, or one and there must not be.
   */
  async find(onDamaged: (message: string) => Promise<void>): Promise<FoundCheckpoint | undefined> {
    await removeUnfinished(this.#folder);
    if (this.#resume === false) {
      this.#assertUnused();
      return undefined;
    }
    const found = await newestCheckpoint(this.#folder, (folder, reason) =>
      onDamaged(`checkpoint ${folder} is damaged (${reason}); it was renamed to *.damaged and passed over`),
    );
    if (found === undefined && this.#resume === true) {
      throw new TenonError({
        subject: `resume from ${this.#folder}`,
        expected: 'a checkpoint step-* that is whole',
        got: 'none',
        advice: 'Check the folder, or start anew without resume.',
      });
    }
    this.#latest = found?.folder;
    return found;
  }

  async save(record: RunRecord, { objective, optimizer, carried }: RunParts): Promise<string> {
    try {
      const folder = await writeCheckpoint(this.#folder, record, async (temporary) => {
        await writeSafetensors(`${temporary}/${WEIGHTS}`, finite(objective.stateDict(), record.step));
        await writeSafetensors(`${temporary}/${OPTIMIZER}`, optimizer.stateDict());
        const state = carried.stateDict();
        if (state.size > 0) await writeSafetensors(`${temporary}/${STATE}`, state);
      });
      this.#latest = folder;
    } catch (error) {
      throw this.#writeError(record.step, error as Error);
    }
    // Only now, as the new one is safe.
    pruneCheckpoints(this.#folder, this.#keep, record.best && this.at(record.best.step));
    return this.#latest;
  }

  /** The folder of the checkpoint that was written after a step. */
  at(step: number): string {
    return checkpointFolder(this.#folder, step);
  }

  /** The best evaluation that a record tells of, where its checkpoint is still there: the run ends with its weights. */
  async keptBest(
    { best, step }: RunRecord,
    onLost: (message: string) => Promise<void>,
  ): Promise<RunRecord['best']> {
    if (best === undefined || best.step === step) return best;
    const read = await readRecord(this.at(best.step));
    if (typeof read !== 'string') return best;
    await onLost(
      `the best model's checkpoint ${this.at(best.step)} is lost (${read}); the best one is told from the next evaluation on`,
    );
    return undefined;
  }

  /** Puts the weights of a checkpoint into a model. */
  loadWeights(step: number, objective: Module): void {
    readTensors(`${this.at(step)}/${WEIGHTS}`, (weights) => objective.loadStateDict(weights));
  }

  #assertUnused(): void {
    const [existing] = checkpointFolders(this.#folder);
    if (existing === undefined) return;
    throw new TenonError({
      subject: 'checkpoints folder of a new run',
      expected: 'no checkpoints in it',
      got: existing,
      advice: 'Go on from it with resume, delete it, or choose another folder.',
    });
  }

  #writeError(step: number, error: Error): Error {
    if (error instanceof TenonError && error.cause === undefined) return error;
    return new TenonError(
      {
        subject: `checkpoint at step ${step}`,
        expected: `to write it into ${this.#folder}`,
        got: firstCause(error).message,
        advice: `Put that right, then resume. ${this.lastGood()}`,
      },
      { cause: error },
    );
  }

  /** A sentence for messages. */
  lastGood(): string {
    return this.#latest === undefined
      ? 'There is no checkpoint from before.'
      : `The last good checkpoint is ${this.#latest}.`;
  }
}

/**
 * Puts a run where the checkpoint was taken.
 *
 * @throws {TenonError} when the checkpoint is another run's.
 */
export function restoreRun(
  { folder, record }: FoundCheckpoint,
  run: { seed: number; identity: Json; seek: (position: Json) => void },
  { objective, optimizer, carried }: RunParts,
): void {
  try {
    assertSame('seed', run.seed, record.seed);
    assertSame('identity', run.identity, record.identity);
    readTensors(`${folder}/${WEIGHTS}`, (weights) => objective.loadStateDict(weights));
    readTensors(`${folder}/${OPTIMIZER}`, (state) => optimizer.loadStateDict(state));
    if (existsSync(`${folder}/${STATE}`)) {
      readTensors(`${folder}/${STATE}`, (state) => carried.loadStateDict(inMemory(state)));
    }
    run.seek(record.position);
  } catch (cause) {
    throw new TenonError(
      {
        subject: `checkpoint ${folder}`,
        expected: 'one of this run',
        got: `a foreign one (${(cause as Error).message})`,
        advice:
          'Resume with the model, optimiser, data and seed that it was made with, or start in another folder.',
      },
      { cause },
    );
  }
}

/** The system's own words. */
function firstCause(error: Error): Error {
  return error.cause instanceof Error ? firstCause(error.cause) : error;
}

function readTensors(file: string, load: (tensors: StateDict) => void): void {
  using opened = openSafetensors(file);
  load(opened.weights);
}

/** Tensors that no longer need their file. */
function inMemory(tensors: StateDict): StateDict {
  return new Map(
    [...tensors].map(([name, stored]) => [name, storedTensor(stored.read().slice(), stored.shape)]),
  );
}

function assertSame(subject: string, expected: Json, got: Json): void {
  if (isDeepStrictEqual(expected, got)) return;
  throw new TenonError({
    subject,
    expected: JSON.stringify(expected),
    got: JSON.stringify(got),
    advice: 'They have to be the same.',
  });
}

/** The same tensors, checked as they are read: broken weights must not push the last good ones out. */
function finite(weights: StateDict, step: number): StateDict {
  const checked: StateDict = new Map();
  for (const [name, stored] of weights) {
    checked.set(name, {
      ...stored,
      read() {
        const values = stored.read();
        if (!values.every(Number.isFinite)) {
          throw new TenonError({
            subject: `${name} after step ${step}`,
            expected: 'finite weights',
            got: 'NaN or infinity',
            advice:
              'No checkpoint was written. Lower the learning rate, warm up longer or clip the gradients.',
          });
        }
        return values;
      },
    });
  }
  return checked;
}
