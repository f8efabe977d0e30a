import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adamW, chain, clipByGlobalNorm, type GradientTransform } from '@tenon/optim';
import type { TrainResult } from '../run-options.ts';
import { type TrainOptions, train } from '../train.ts';
import { type NumberBatch, numberBatches } from './number-batches.ts';
import { type Recorded, recorder } from './recorder.ts';
import { TinyObjective } from './tiny-objective.ts';

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'tenon-train-'));
export const optimizer: GradientTransform = chain(clipByGlobalNorm(1), adamW({ learningRate: 0.05 }));

/** A run of 20 steps, with whatever is changed about it, and the weights that it ends with. */
export async function run(
  change: Partial<TrainOptions<NumberBatch>> = {},
): Promise<TrainResult & { weights: number[]; events: Recorded[] }> {
  using objective = new TinyObjective();
  const { events, callback } = recorder();
  const result = await train<NumberBatch>({
    objective,
    optimizer,
    batches: numberBatches(),
    steps: 20,
    evaluation: { batches: () => numberBatches({ seed: 9, limit: 2 }), every: 10 },
    ...change,
    callbacks: [callback, ...(change.callbacks ?? [])],
  });
  return {
    ...result,
    events,
    weights: [...((change.objective as TinyObjective) ?? objective).weight.dataSync()],
  };
}

/** Aborts when a step has been made. */
export function abortAt(step: number): Pick<TrainOptions<NumberBatch>, 'signal' | 'callbacks'> {
  const controller = new AbortController();
  const onStepEnd = (event: { readonly step: number }): void => {
    if (event.step === step) controller.abort();
  };
  return { signal: controller.signal, callbacks: [{ onStepEnd }] };
}
