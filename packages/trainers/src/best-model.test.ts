import { readdirSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { openSafetensors } from '@tenon/checkpoints';
import { adamW, type GradientTransform } from '@tenon/optim';
import { selectBackend } from '@tenon/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import type { NumberBatch } from './__fixtures__/number-batches.ts';
import { numberBatches } from './__fixtures__/number-batches.ts';
import { abortAt, newFolder, run } from './__fixtures__/tiny-run.ts';
import { earlyStopping } from './early-stopping.ts';
import type { TrainOptions } from './train.ts';

/** Goes well up to some step, and worse from there on. */
const spoiling = (step: number): GradientTransform =>
  adamW({ learningRate: (made) => (made < step ? 0.1 : 20) });

/** Evaluates at every second step; the best one is at step 8. */
const judged = (folder: string, patience?: number): Partial<TrainOptions<NumberBatch>> => ({
  optimizer: spoiling(8),
  evaluation: { batches: () => numberBatches({ seed: 9, limit: 2 }), every: 2 },
  checkpoints: { folder, every: 3, keep: 1, resume: 'if-any' },
  bestModel: {},
  callbacks: patience === undefined ? [] : [earlyStopping({ earlyStoppingPatience: patience })],
});

describe('a run that keeps its best model', () => {
  beforeAll(() => selectBackend('cpu'));

  it('has its weights at the end, and never deletes its checkpoint', async () => {
    const folder = newFolder();
    const { best, step, weights, events } = await run(judged(folder));
    const evaluations = events.filter((event) => event.name === 'onEvaluate');
    expect(best).toEqual({
      step: 8,
      value: Math.min(...evaluations.map(({ loss }) => loss)),
      checkpoint: join(folder, 'step-00000008'),
    });
    expect(step).toBe(20);
    expect(readdirSync(folder).sort()).toEqual(['step-00000008', 'step-00000020']);
    using saved = openSafetensors(join(folder, 'step-00000008', 'weights.safetensors'));
    expect(weights).toEqual([...saved.weights.get('weight')!.read()]);
  });

  it('is stopped early, and ends the same after interruptions', async () => {
    const whole = await run(judged(newFolder(), 3));
    expect(whole).toMatchObject({ stopped: 'stopped', step: 14, best: { step: 8 } });

    const folder = newFolder();
    for (const step of [5, 9, 13]) {
      const { callbacks, signal } = abortAt(step);
      const options = judged(folder, 3);
      const part = await run({
        ...options,
        signal: signal!,
        callbacks: [...options.callbacks!, ...callbacks!],
      });
      expect(part).toMatchObject({ stopped: 'interrupted', step });
    }
    const last = await run(judged(folder, 3));
    expect(last).toMatchObject({ stopped: 'stopped', step: 14, loss: whole.loss });
    expect(last.best!.value).toBe(whole.best!.value);
    expect(last.weights).toEqual(whole.weights);

    const again = await run(judged(folder, 3));
    expect(again).toMatchObject({ stopped: 'stopped', step: 14, evaluation: whole.evaluation });
    expect(again.weights).toEqual(whole.weights);
    expect(again.events.map(({ name }) => name)).toEqual(['onTrainBegin', 'onTrainEnd']);
  });

  it.each([
    ['is gone', (folder: string) => rmSync(folder, { recursive: true }), 'trainer.json cannot be read'],
    [
      'is damaged',
      (folder: string) => truncateSync(join(folder, 'weights.safetensors'), 20),
      'weights.safetensors is not as it was written',
    ],
  ])('goes on without the best one where that %s', async (_, harm, reason) => {
    const folder = newFolder();
    const { callbacks, signal } = abortAt(13);
    await run({ ...judged(folder), callbacks: callbacks!, signal: signal! });
    harm(join(folder, 'step-00000008'));
    const { best, events, stopped } = await run(judged(folder));
    expect(stopped).toBe('finished');
    const later = events.filter((event) => event.name === 'onEvaluate');
    expect(best?.value).toBe(Math.min(...later.map(({ loss }) => loss)));
    const [warning] = events.flatMap((event) => (event.name === 'onWarning' ? event.message : []));
    expect(warning).toContain(
      `the best model's checkpoint ${join(folder, 'step-00000008')} is lost (${reason}`,
    );
  });

  it('has its last weights after a resume that no longer asks for the best', async () => {
    const { bestModel: _, ...plain } = judged(newFolder());
    const last = await run(plain);
    const folder = newFolder();
    const { callbacks, signal } = abortAt(13);
    await run({ ...judged(folder), callbacks: callbacks!, signal: signal! });
    const resumed = await run({ ...plain, checkpoints: { ...plain.checkpoints!, folder } });
    expect(resumed.best).toBeUndefined();
    expect(resumed.weights).toEqual(last.weights);
  });

  it('needs an evaluation, and checkpoints', async () => {
    await expect(run({ bestModel: {} })).rejects.toThrow(
      'bestModel: expected evaluation, which tells the best one, and checkpoints, which keep it, got no checkpoints. Pass both, or leave bestModel out.',
    );
  });

  it('refuses a metric that the evaluation does not have', async () => {
    const options = { ...judged(newFolder()), bestModel: { metricForBestModel: 'accuracy' } };
    await expect(run(options)).rejects.toThrow(
      'metricForBestModel: expected one of loss, got accuracy. Name what the evaluation gives.',
    );
  });
});

describe('earlyStopping', () => {
  const control = { shouldTrainingStop: false, shouldEvaluate: false, shouldSave: false, shouldLog: false };
  /** After which of the evaluations it stops. */
  function stopsAt(callback: ReturnType<typeof earlyStopping>, accuracies: readonly number[]): number {
    const own = { ...control };
    callback.onTrainBegin!({ step: 0, steps: 9, bestModel: { metricForBestModel: 'accuracy' } }, own);
    return accuracies.findIndex((accuracy, step) => {
      callback.onEvaluate!({ step, loss: 1, perplexity: Math.E, metrics: { accuracy }, seconds: 1 }, own);
      return own.shouldTrainingStop;
    });
  }

  it('goes by the metric of the best model, and waits as long as it is told', () => {
    const scores = [0.5, 0.6, 0.6, 0.61, 0.5, 0.61, 0.6];
    expect(stopsAt(earlyStopping(), scores)).toBe(2);
    expect(stopsAt(earlyStopping({ earlyStoppingPatience: 2 }), scores)).toBe(5);
    expect(stopsAt(earlyStopping({ earlyStoppingPatience: 2, earlyStoppingThreshold: 0.05 }), scores)).toBe(
      3,
    );
    expect(stopsAt(earlyStopping({ metricForBestModel: 'loss' }), scores)).toBe(1);
    expect(stopsAt(earlyStopping({ greaterIsBetter: false }), scores)).toBe(1);
  });

  it('takes a metric of its own as it is meant, whatever is better of the best model', () => {
    const callback = earlyStopping({ metricForBestModel: 'loss' });
    const own = { ...control };
    const bestModel = { metricForBestModel: 'accuracy', greaterIsBetter: true };
    callback.onTrainBegin!({ step: 0, steps: 9, bestModel }, own);
    for (const [step, loss] of [3, 2, 1].entries()) {
      callback.onEvaluate!({ step, loss, perplexity: Math.exp(loss), seconds: 1 }, own);
    }
    expect(own.shouldTrainingStop).toBe(false);
  });

  it('begins anew with a new run', () => {
    const callback = earlyStopping();
    expect(stopsAt(callback, [0.9, 0.8])).toBe(1);
    expect(stopsAt(callback, [0.5, 0.6, 0.7])).toBe(-1);
  });

  it('refuses numbers that are none', () => {
    expect(() => earlyStopping({ earlyStoppingPatience: 0 })).toThrow(
      'earlyStoppingPatience: expected a whole number of at least 1, got 0.',
    );
    expect(() => earlyStopping({ earlyStoppingThreshold: -1 })).toThrow(
      'earlyStoppingThreshold: expected a number of at least 0, got -1. Leave it out for 0.',
    );
  });
});
