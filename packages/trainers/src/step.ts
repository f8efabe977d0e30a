import { type BatchSource, type Objective, type Parameter, RandomStream } from '@tenon/core';
import { type Optimizer, type PreparedUpdate, valueAndGradients } from '@tenon/optim';
import { dispose, keep, type Scalar } from '@tensorflow/tfjs-core';
import { assertFinite } from './assert-finite.ts';
import type { CarriedState } from './carried-state.ts';
import { disposeBatch, readScalar } from './evaluate.ts';
import type { StepEvent } from './trainer-callback.ts';

/** What a step works on. */
export interface StepParts<Batch> {
  readonly objective: Objective<Batch>;
  readonly trainable: ReadonlyMap<string, Parameter>;
  readonly optimizer: Optimizer;
  readonly batches: BatchSource<Batch>;
  /** Absent where nobody knows. */
  readonly batchesPerEpoch: number | undefined;
  readonly carried: CarriedState<Batch>;
  readonly tokens: (batch: Batch) => number;
  readonly seed: number;
  /** A sentence about the last good checkpoint. */
  readonly lastGood: () => string;
  /** Is told of each batch that does not complete the update. */
  readonly onSubstep: (loss: number) => Promise<void>;
  /** Is told of the parameters that a batch's loss does not depend on, where there are any. They stay as they are. */
  readonly onUnused: (names: readonly string[]) => Promise<void>;
}

/** What a step says about itself. */
export type StepOutcome = Omit<StepEvent, 'step' | 'epoch' | 'seconds'> & { readonly batchesTaken: number };

/**
 * One update of the weights, from as many batches as the optimiser takes for one, or from those that are left at the
 * end of an epoch.
 *
 * @param batchesBefore batches that the run has taken before: what this step's random numbers are counted by.
 * @returns `undefined` when there is no batch left for it.
 * @throws {TenonError} when the loss or the gradients' norm is not finite; then nothing is updated.
 */
export async function makeStep<Batch>(
  parts: StepParts<Batch>,
  batchesBefore: number,
): Promise<StepOutcome | undefined> {
  const { batches, batchesPerEpoch = Number.POSITIVE_INFINITY } = parts;
  const sums = new StepSums();
  for (;;) {
    const batch = await batches.next();
    const made =
      batch === undefined
        ? await updateFromRest(parts)
        : await addBatch(parts, batch, batchesBefore + sums.batches, sums);
    if (made !== undefined) return sums.outcome(made);
    if (batch === undefined) return undefined;
    const epochEnds = (batchesBefore + sums.batches) % batchesPerEpoch === 0;
    if (epochEnds) return sums.outcome((await updateFromRest(parts))!);
    await parts.onSubstep(sums.lastLoss);
  }
}

/** What is known of an update beside its batches. */
type Made = Pick<StepEvent, 'learningRate' | 'gradientNorm'>;

/** @returns `undefined` when the update takes more batches. */
async function addBatch<Batch>(
  parts: StepParts<Batch>,
  batch: Batch,
  batchesBefore: number,
  sums: StepSums,
): Promise<Made | undefined> {
  const { objective, trainable, optimizer, carried, seed } = parts;
  let named: Readonly<Record<string, Scalar>> = {};
  try {
    const tokens = parts.tokens(batch);
    // From 1, as 0 is where the weights of a model with the same seed were drawn from.
    const random = new RandomStream(seed, batchesBefore + 1);
    const context = { training: true, random, ...carried.before(batch) };
    const { value, gradients } = valueAndGradients(() => {
      const { loss, parts = {} } = objective.loss(batch, context);
      named = keepAll(parts);
      return loss;
    }, trainable);
    try {
      using prepared = optimizer.prepare(gradients, { allowUnused: true });
      // A lazy backend computes loss, norm and gradients together at this read.
      const loss = await readScalar(value);
      assertFinite(`loss at step ${optimizer.step + 1}`, loss, notMade(parts));
      const made = await look(parts, prepared);
      sums.add(loss, await readAll(named), tokens);
      const unused = [...trainable.keys()].filter((name) => !gradients.has(name));
      if (unused.length > 0) await parts.onUnused(unused);
      prepared.apply();
      return prepared.willUpdate ? made : undefined;
    } finally {
      dispose([value, ...gradients.values()]);
    }
  } finally {
    dispose(Object.values(named));
    disposeBatch(batch);
  }
}

/** @returns `undefined` when no batches wait for an update. */
async function updateFromRest<Batch>(parts: StepParts<Batch>): Promise<Made | undefined> {
  using prepared = parts.optimizer.prepareRest();
  if (prepared === undefined) return undefined;
  const made = await look(parts, prepared);
  prepared.apply();
  return made;
}

async function look<Batch>(parts: StepParts<Batch>, prepared: PreparedUpdate): Promise<Made> {
  const { learningRate } = prepared;
  const gradientNorm = prepared.gradientNorm && (await readScalar(prepared.gradientNorm));
  if (gradientNorm !== undefined) {
    assertFinite(`gradient norm at step ${parts.optimizer.step + 1}`, gradientNorm, notMade(parts));
  }
  return {
    ...(learningRate !== undefined && { learningRate }),
    ...(gradientNorm !== undefined && { gradientNorm }),
  };
}

const notMade = <Batch>({ lastGood }: StepParts<Batch>): string => `This step was not made. ${lastGood()}`;

function keepAll(scalars: Readonly<Record<string, Scalar>>): Readonly<Record<string, Scalar>> {
  for (const value of Object.values(scalars)) keep(value);
  return scalars;
}

async function readAll(scalars: Readonly<Record<string, Scalar>>): Promise<Record<string, number>> {
  const read: Record<string, number> = {};
  for (const [name, value] of Object.entries(scalars)) read[name] = await readScalar(value);
  return read;
}

/** What the batches of a step come to. */
class StepSums {
  readonly #losses: number[] = [];
  readonly #shares: Readonly<Record<string, number>>[] = [];
  #tokens = 0;

  get batches(): number {
    return this.#losses.length;
  }

  get lastLoss(): number {
    return this.#losses.at(-1)!;
  }

  add(loss: number, shares: Readonly<Record<string, number>>, tokens: number): void {
    this.#losses.push(loss);
    this.#shares.push(shares);
    this.#tokens += tokens;
  }

  outcome(made: Made): StepOutcome {
    // A batch may be without one of them: then it says nothing about it.
    const names = [...new Set(this.#shares.flatMap((row) => Object.keys(row)))];
    const shares = names.map((name) => [name, mean(this.#shares.flatMap((row) => row[name] ?? []))]);
    return {
      loss: mean(this.#losses),
      ...(names.length > 0 && { parts: Object.fromEntries(shares) }),
      ...made,
      tokens: this.#tokens,
      batchesTaken: this.batches,
    };
  }
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
