import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectiveValue, StepContext } from '@tenon/core';
import { accumulate } from '@tenon/optim';
import { selectBackend, testBackends } from '@tenon/testing';
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { BreakingObjective } from './__fixtures__/breaking-objective.ts';
import { type NumberBatch, numberBatches } from './__fixtures__/number-batches.ts';
import { recorder } from './__fixtures__/recorder.ts';
import { TinyObjective } from './__fixtures__/tiny-objective.ts';
import { abortAt, newFolder, optimizer, run } from './__fixtures__/tiny-run.ts';
import type { TrainerCallback } from './trainer-callback.ts';

describe.each(testBackends())('train on %s', (backend) => {
  beforeAll(() => selectBackend(backend));

  it('minimises the objective, and tells what happens', async () => {
    const { events, evaluation, stopped, step, loss } = await run({ steps: 150 });
    const evaluations = events.filter((event) => event.name === 'onEvaluate');
    expect(evaluations[0]!.loss).toBeGreaterThan(5);
    expect(evaluation!.loss).toBeLessThan(evaluations[0]!.loss / 4);
    expect(evaluation!.perplexity).toBe(Math.exp(evaluation!.loss));
    expect({ stopped, step }).toEqual({ stopped: 'finished', step: 150 });
    const steps = events.filter((event) => event.name === 'onStepEnd');
    expect(steps.map((event) => event.step)).toEqual(Array.from({ length: 150 }, (_, i) => i + 1));
    expect(steps.at(-1)).toMatchObject({ loss, parts: { error: loss }, learningRate: 0.05, tokens: 1 });
    expect(steps.at(-1)!.gradientNorm).toBeGreaterThan(0);
    expect(events.map(({ name }) => name).slice(0, 3)).toEqual(['onTrainBegin', 'onEvaluate', 'onStepEnd']);
    expect(events.at(-1)).toEqual({ name: 'onTrainEnd', step: 150, stopped: 'finished' });
  });

  it('goes on after an interruption as if there had been none', async () => {
    const whole = await run();
    const root = newFolder();
    const first = await run({ checkpoints: { folder: root }, ...abortAt(7) });
    expect(first).toMatchObject({ stopped: 'interrupted', step: 7, checkpoint: join(root, 'step-00000007') });
    const second = await run({ checkpoints: { folder: root, resume: true }, ...abortAt(12) });
    expect(second.events[0]).toMatchObject({
      name: 'onTrainBegin',
      step: 7,
      resumedFrom: join(root, 'step-00000007'),
    });
    const third = await run({ checkpoints: { folder: root, resume: true } });
    expect(third.weights).toEqual(whole.weights);
    expect({ loss: third.loss, evaluation: third.evaluation }).toEqual({
      loss: whole.loss,
      evaluation: whole.evaluation,
    });
    const again = await run({ checkpoints: { folder: root, resume: true } });
    expect(again.weights).toEqual(whole.weights);
    expect(again).toMatchObject({
      stopped: 'finished',
      step: 20,
      loss: whole.loss,
      evaluation: whole.evaluation,
    });
    expect(again.events.map(({ name }) => name)).toEqual(['onTrainBegin', 'onTrainEnd']);
  });

  it('makes one step of several batches', async () => {
    const dropless = (): TinyObjective => new TinyObjective({ dropout: 0 });
    const large = await run({ objective: dropless(), batches: numberBatches({ rows: 12 }), steps: 6 });
    const small = await run({
      objective: dropless(),
      batches: numberBatches({ rows: 4 }),
      steps: 6,
      optimizer: accumulate(3, optimizer),
    });
    expect(small.step).toBe(6);
    expect(small.loss).toBeCloseTo(large.loss!, 5);
    for (const [i, weight] of small.weights.entries()) expect(weight).toBeCloseTo(large.weights[i]!, 5);
  });

  it('leaves no tensor behind', async () => {
    await run();
    const before = memory().numTensors;
    const root = newFolder();
    await run({ checkpoints: { folder: root }, ...abortAt(3) });
    await run({ checkpoints: { folder: root, resume: true } });
    expect(memory().numTensors).toBe(before);
  });

  it('leaves no tensor behind where the objective or the evaluation throws', async () => {
    class Refusing extends TinyObjective {
      readonly #training: boolean;
      constructor(training: boolean) {
        super();
        this.#training = training;
      }
      override loss(batch: NumberBatch, context: StepContext): ObjectiveValue {
        if (context.training === this.#training) throw new Error('refused');
        return super.loss(batch, context);
      }
    }
    for (const training of [true, false]) {
      using objective = new Refusing(training);
      const before = memory().numTensors;
      await expect(run({ objective })).rejects.toThrow('refused');
      expect(memory().numTensors).toBe(before);
    }
  });

  it('stops at a loss that is not a number, and keeps the last good checkpoint', async () => {
    using objective = new BreakingObjective(6);
    const root = newFolder();
    const before = memory().numTensors;
    const { events, callback } = recorder();
    const broken = run({
      objective,
      checkpoints: { folder: root, every: 2 },
      callbacks: [callback],
    });
    await expect(broken).rejects.toThrow(
      `loss at step 6: expected a finite number, got NaN. This step was not made. The last good checkpoint is ${join(root, 'step-00000004')}. Lower the learning rate, warm up longer or clip the gradients.`,
    );
    expect(events.at(-1)).toMatchObject({ name: 'onError', step: 5 });
    expect(objective.weight.dataSync().every(Number.isFinite)).toBe(true);
    expect(memory().numTensors).toBe(before);
    expect(readdirSync(root).sort()).toEqual(['step-00000002', 'step-00000004']);
  });
});

describe('train', () => {
  beforeAll(() => selectBackend('cpu'));

  it('ends where the batches end', async () => {
    const { stopped, step, evaluation } = await run({ batches: numberBatches({ limit: 5 }) });
    expect({ stopped, step }).toEqual({ stopped: 'exhausted', step: 5 });
    expect(evaluation).toBeDefined();
  });

  it('refuses a number of steps that is none', async () => {
    await expect(run({ steps: 0.5 })).rejects.toThrow(
      'steps: expected a whole number of at least 1, got 0.5.',
    );
  });

  it('names step and last good checkpoint where an evaluation finds the model broken', async () => {
    const evaluation = { batches: () => numberBatches({ limit: 1 }), every: 3 };
    using objective = new BreakingObjective(2, false);
    const root = newFolder();
    await expect(run({ objective, evaluation, checkpoints: { folder: root, every: 2 } })).rejects.toThrow(
      `evaluation loss at step 3: expected a finite number, got NaN. The last good checkpoint is ${join(root, 'step-00000002')}.`,
    );
  });

  it('reports why it failed even where a callback fails too', async () => {
    using objective = new BreakingObjective(1);
    const failing: TrainerCallback = {
      onError() {
        throw new Error('the callback');
      },
    };
    await expect(run({ objective, callbacks: [failing] })).rejects.toThrow(
      'loss at step 1: expected a finite number, got NaN. This step was not made. No checkpoints were asked for.',
    );
  });
});
