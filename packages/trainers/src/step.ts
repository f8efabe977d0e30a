import { type BatchSource, type Objective, type Parameter, RandomStream } from '@tenon/core';
import { type Optimizer, valueAndGradients } from '@tenon/optim';
import { dispose, keep, type Scalar } from '@tensorflow/tfjs-core';
import { assertFinite } from './assert-finite.ts';
import { disposeBatch, readScalar } from './evaluate.ts';
import type { StepEvent } from './events.ts';

/** What a step works on. */
export interface StepParts<Batch> {
  readonly objective: Objective<Batch>;
  readonly trainable: ReadonlyMap<string, Parameter>;
  readonly optimizer: Optimizer;
  readonly batches: BatchSource<Batch>;
  readonly tokens: (batch: Batch) => number;
  readonly seed: number;
  /** A sentence about the last good checkpoint. */
  readonly lastGood: () => string;
}

/** What a step says about itself. */
export type StepOutcome = Omit<StepEvent, 'type' | 'step' | 'seconds'> & { readonly batchesTaken: number };

/**
 * One update of the weights, from as many batches as the optimiser takes for one.
 *
 * @param batchesBefore batches that the run has taken before: what this step's random numbers are counted by.
 * @returns `undefined` when the batches end before the update.
 * @throws {TenonError} when the loss or the gradients' norm is not finite; then nothing is updated.
 */
export async function makeStep<Batch>(
  parts: StepParts<Batch>,
  batchesBefore: number,
): Promise<StepOutcome | undefined> {
  const { objective, trainable, optimizer, batches, seed } = parts;
  const losses: number[] = [];
  const shares: Record<string, number>[] = [];
  let tokens = 0;
  for (;;) {
    const batch = await batches.next();
    if (batch === undefined) return undefined;
    try {
      tokens += parts.tokens(batch);
      // From 1, as 0 is where the weights of a model with the same seed were drawn from.
      const random = new RandomStream(seed, batchesBefore + losses.length + 1);
      let named: Readonly<Record<string, Scalar>> = {};
      const { value, gradients } = valueAndGradients(() => {
        const { loss, parts = {} } = objective.loss(batch, { training: true, random });
        named = keepAll(parts);
        return loss;
      }, trainable);
      try {
        using prepared = optimizer.prepare(gradients);
        // A lazy backend computes loss, norm and gradients together at the first of these reads.
        const loss = await readScalar(value);
        const norm = prepared.gradientNorm && (await readScalar(prepared.gradientNorm));
        const state = `This step was not made. ${parts.lastGood()}`;
        assertFinite(`loss at step ${optimizer.step + 1}`, loss, state);
        if (norm !== undefined) assertFinite(`gradient norm at step ${optimizer.step + 1}`, norm, state);
        losses.push(loss);
        shares.push(await readAll(named));
        prepared.apply();
        if (prepared.willUpdate) {
          return {
            loss: mean(losses),
            ...(Object.keys(named).length > 0 && { parts: meanByName(shares) }),
            ...(prepared.learningRate !== undefined && { learningRate: prepared.learningRate }),
            ...(norm !== undefined && { gradientNorm: norm }),
            tokens,
            batchesTaken: losses.length,
          };
        }
      } finally {
        dispose([value, ...gradients.values(), ...Object.values(named)]);
      }
    } finally {
      disposeBatch(batch);
    }
  }
}

function keepAll(scalars: Readonly<Record<string, Scalar>>): Readonly<Record<string, Scalar>> {
  for (const value of Object.values(scalars)) keep(value);
  return scalars;
}

async function readAll(scalars: Readonly<Record<string, Scalar>>): Promise<Record<string, number>> {
  const read: Record<string, number> = {};
  for (const [name, value] of Object.entries(scalars)) read[name] = await readScalar(value);
  return read;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function meanByName(rows: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const names = Object.keys(rows[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, mean(rows.map((row) => row[name]!))]));
}
