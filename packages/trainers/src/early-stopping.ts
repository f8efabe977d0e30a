import { assertWhole, type Json, TenonError } from '@tenon/core';
import { type BestModelOptions, isBetter, isGreaterBetter, metricOf } from './best-model.ts';
import type { TrainerCallback } from './trainer-callback.ts';

export interface EarlyStoppingOptions extends Partial<BestModelOptions> {
  /** Evaluations without improvement after which the run ends. @default 1 */
  readonly earlyStoppingPatience?: number;
  /** What an improvement has to be more than. @default 0 */
  readonly earlyStoppingThreshold?: number;
}

/**
 * A callback that ends a run when evaluations no longer get better, as Hugging Face's `EarlyStoppingCallback` does.
 * Its metric is that of the run's best model where there is one, else the loss.
 *
 * @example
 * ```ts
 * import { earlyStopping } from '@tenon/trainers';
 *
 * const callback = earlyStopping({ earlyStoppingPatience: 3 });
 * console.log(callback.saved?.name); // earlyStopping
 * // train({ …, callbacks: [callback] })
 * ```
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): TrainerCallback {
  const { earlyStoppingPatience: patience = 1, earlyStoppingThreshold: threshold = 0 } = options;
  assertWhole('earlyStoppingPatience', patience);
  if (!(threshold >= 0)) {
    throw new TenonError({
      subject: 'earlyStoppingThreshold',
      expected: 'a number of at least 0',
      got: String(threshold),
      advice: 'Leave it out for 0.',
    });
  }
  let judged: BestModelOptions = options;
  let best: number | undefined;
  let worse = 0;
  return {
    onTrainBegin({ bestModel, resumedFrom }, control) {
      // Whether more is better goes with the metric: that of the best model says nothing of another one.
      judged = options.metricForBestModel === undefined ? { ...bestModel, ...options } : options;
      if (resumedFrom === undefined) [best, worse] = [undefined, 0];
      if (worse >= patience) control.shouldTrainingStop = true; // what is resumed had come to its end
    },
    onEvaluate(event, control) {
      const value = metricOf(event, judged.metricForBestModel ?? 'loss');
      const better = isBetter(value, best, isGreaterBetter(judged));
      worse = better && (best === undefined || Math.abs(value - best) > threshold) ? 0 : worse + 1;
      if (better) best = value;
      if (worse >= patience) control.shouldTrainingStop = true;
    },
    saved: {
      name: 'earlyStopping',
      save: () => ({ best: best ?? null, worse }),
      load(state: Json) {
        const saved = state as { best: number | null; worse: number };
        best = saved.best ?? undefined;
        worse = saved.worse;
      },
    },
  };
}
