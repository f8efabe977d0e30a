import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adamW, chain, clipByGlobalNorm, type GradientTransform } from '@tenon/optim';
import type { TrainEvent } from '../events.ts';
import { type TrainOptions, type TrainResult, train } from '../train.ts';
import { type NumberBatch, numberBatches } from './number-batches.ts';
import { TinyObjective } from './tiny-objective.ts';

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'tenon-train-'));
export const optimizer: GradientTransform = chain(clipByGlobalNorm(1), adamW({ learningRate: 0.05 }));

/** A run of 20 steps, with whatever is changed about it, and the weights that it ends with. */
export async function run(
  change: Partial<TrainOptions<NumberBatch>> = {},
): Promise<TrainResult & { weights: number[]; events: TrainEvent[] }> {
  using objective = new TinyObjective();
  const events: TrainEvent[] = [];
  const result = await train<NumberBatch>({
    objective,
    optimizer,
    batches: numberBatches(),
    steps: 20,
    evaluation: { batches: () => numberBatches({ seed: 9, limit: 2 }), every: 10 },
    ...change,
    callbacks: [(event) => void events.push(event), ...(change.callbacks ?? [])],
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
  const abort = (event: TrainEvent): void => {
    if (event.type === 'step' && event.step === step) controller.abort();
  };
  return { signal: controller.signal, callbacks: [abort] };
}
