import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectiveValue, StepContext } from '@tenon/core';
import { accumulate } from '@tenon/optim';
import { selectBackend, testBackends } from '@tenon/testing';
import { mean, memory, mul, type Scalar, sum } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { BreakingObjective } from './__fixtures__/breaking-objective.ts';
import { type NumberBatch, numberBatches } from './__fixtures__/number-batches.ts';
import { recorder } from './__fixtures__/recorder.ts';
import { TinyObjective } from './__fixtures__/tiny-objective.ts';
import { abortAt, newFolder, optimizer, run } from './__fixtures__/tiny-run.ts';
import { type TrainOptions, train } from './train.ts';
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
    class Constant extends TinyObjective {
      override loss({ x }: NumberBatch): ObjectiveValue {
        return { loss: mean(x) as Scalar, parts: { other: sum(x) as Scalar } };
      }
    }
    using constant = new Constant();
    const held = memory().numTensors;
    await expect(run({ objective: constant })).rejects.toThrow('Cannot find a connection');
    expect(memory().numTensors).toBe(held);
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

  it('takes the mean of a share over the batches that have it', async () => {
    class Sometimes extends TinyObjective {
      #calls = 0;
      override loss(batch: NumberBatch, context: StepContext): ObjectiveValue {
        const { loss } = super.loss(batch, context);
        return this.#calls++ % 2 === 0 ? { loss } : { loss, parts: { odd: mul(loss, 1) as Scalar } };
      }
    }
    using objective = new Sometimes({ dropout: 0 });
    const { events, callback } = recorder(['onStepEnd', 'onSubstepEnd']);
    const twice = accumulate(2, optimizer);
    await train({ objective, batches: numberBatches(), steps: 1, optimizer: twice, callbacks: [callback] });
    const [first, both] = events.map((event) => ('loss' in event ? event.loss : Number.NaN));
    expect(events.at(-1)).toMatchObject({ parts: { odd: expect.closeTo(2 * both! - first!, 5) } });
  });

  it('ends where the batches end', async () => {
    const { stopped, step, evaluation } = await run({ batches: numberBatches({ limit: 5 }) });
    expect({ stopped, step }).toEqual({ stopped: 'exhausted', step: 5 });
    expect(evaluation).toBeDefined();
  });

  it('makes an update of what is left of an accumulation when the batches end', async () => {
    const dropless = (): TinyObjective => new TinyObjective({ dropout: 0 });
    // Batches of 4 rows in twos, and one that is left; the same rows as batches of 8, 8 and 4.
    const small = await run({
      objective: dropless(),
      batches: numberBatches({ rows: 4, limit: 5 }),
      optimizer: accumulate(2, optimizer),
    });
    const rest = numberBatches({ rows: 4 });
    rest.seek({ seed: 1, taken: 4 });
    const pairs = numberBatches({ rows: 8, limit: 2 });
    const next = async (): Promise<NumberBatch> => (await pairs.next()) ?? (await rest.next())!;
    const large = await run({ objective: dropless(), batches: { ...pairs, next }, steps: 3 });
    expect(small).toMatchObject({ stopped: 'exhausted', step: 3 });
    for (const [i, weight] of small.weights.entries()) expect(weight).toBeCloseTo(large.weights[i]!, 5);
  });

  it('ends an accumulation, and evaluates and saves, with the epoch', async () => {
    const { events, callback } = recorder([
      'onEpochBegin',
      'onSubstepEnd',
      'onStepEnd',
      'onEpochEnd',
      'onEvaluate',
    ]);
    const { step } = await run({
      batches: { ...numberBatches({ limit: 6 }), batchesPerEpoch: 3 },
      optimizer: accumulate(2, optimizer),
      evaluation: { batches: () => numberBatches({ seed: 9, limit: 1 }), every: 'epoch' },
      callbacks: [callback],
    });
    expect(step).toBe(4);
    expect(events.map(({ name, step, epoch }) => `${name} ${step} ${epoch!.toFixed(1)}`)).toEqual([
      'onEvaluate 0 0.0',
      'onEpochBegin 0 0.0',
      'onSubstepEnd 0 0.0',
      'onStepEnd 1 0.7',
      'onStepEnd 2 1.0',
      'onEpochEnd 2 1.0',
      'onEvaluate 2 1.0',
      'onEpochBegin 2 1.0',
      'onSubstepEnd 2 1.0',
      'onStepEnd 3 1.7',
      'onStepEnd 4 2.0',
      'onEpochEnd 4 2.0',
      'onEvaluate 4 2.0',
      'onEpochBegin 4 2.0',
    ]);
  });

  it('needs batches that know their epochs for what is to happen at each', async () => {
    const evaluation = { batches: () => numberBatches({ limit: 1 }), every: 'epoch' as const };
    await expect(run({ evaluation })).rejects.toThrow(
      "evaluation every: expected a number of steps, as these batches do not know how many make an epoch, got 'epoch'. Pass a number, or a source with batchesPerEpoch.",
    );
  });

  it('logs means of steps, the same after an interruption', async () => {
    const logged = async (change: Partial<TrainOptions<NumberBatch>> = {}): Promise<object[]> => {
      const { events, callback } = recorder(['onLog']);
      await run({ logEvery: 6, ...change, callbacks: [callback, ...(change.callbacks ?? [])] });
      return events;
    };
    const { events, callback } = recorder();
    const whole = await logged({ callbacks: [callback] });
    const steps = events.filter((event) => event.name === 'onStepEnd');
    const mean = (from: number, to: number): number =>
      steps.slice(from, to).reduce((sum, { loss }) => sum + loss, 0) / (to - from);
    expect(whole).toMatchObject([
      { step: 6, loss: expect.closeTo(mean(0, 6), 10), learningRate: 0.05 },
      { step: 12, loss: expect.closeTo(mean(6, 12), 10) },
      { step: 18, loss: expect.closeTo(mean(12, 18), 10) },
      { step: 20, loss: expect.closeTo(mean(18, 20), 10) },
    ]);
    const folder = newFolder();
    const first = await logged({ checkpoints: { folder }, ...abortAt(9) });
    const second = await logged({ checkpoints: { folder, resume: true } });
    expect([...first, ...second]).toEqual(whole);
  });

  it('does what a callback asks for', async () => {
    const { events, callback } = recorder();
    const folder = newFolder();
    const asking: TrainerCallback = {
      onStepEnd({ step }, control) {
        if (step === 3) control.shouldEvaluate = true;
        if (step === 4) control.shouldSave = true;
        if (step === 6) control.shouldTrainingStop = true;
      },
    };
    const result = await run({ checkpoints: { folder }, callbacks: [asking, callback] });
    expect(result).toMatchObject({ stopped: 'stopped', step: 6, checkpoint: join(folder, 'step-00000006') });
    const others = events.filter(({ name }) => name !== 'onStepEnd');
    expect(others.map(({ name, step }) => `${name} ${step}`)).toEqual([
      'onTrainBegin 0',
      'onEvaluate 0',
      'onEvaluate 3',
      'onSave 4',
      'onEvaluate 6',
      'onSave 6',
      'onTrainEnd 6',
    ]);
  });

  it('refuses two callbacks that would save their states under one name', async () => {
    const saved = { name: 'count', save: () => 1, load: () => undefined };
    await expect(run({ callbacks: [{ saved }, { saved }] })).rejects.toThrow(
      'callbacks: expected a name of its own for each state that is saved, got count twice. Pass only one callback of a kind, or give each its own name.',
    );
  });

  it('refuses a model of which nothing is trainable', async () => {
    using objective = new TinyObjective();
    objective.weight.trainable = false;
    await expect(run({ objective })).rejects.toThrow(
      'objective: expected a parameter that is trainable, got none. Freeze less of it.',
    );
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

  it.each([
    'onStepBegin',
    'onSubstepEnd',
    'onStepEnd',
    'onLog',
    'onEvaluate',
    'onSave',
    'onTrainEnd',
  ] as const)('leaves no tensor behind where %s throws, and tells every callback of it', async (name) => {
    const told: unknown[] = [];
    const failing: TrainerCallback = {
      [name]: () => Promise.reject(new Error(name)),
      onError: () => Promise.reject(new Error('once more')),
    };
    const listening: TrainerCallback = { onError: ({ error }) => void told.push(error) };
    using objective = new TinyObjective();
    const before = memory().numTensors;
    const failed = run({
      objective,
      steps: 2,
      optimizer: accumulate(2, optimizer),
      checkpoints: { folder: newFolder() },
      callbacks: [failing, listening],
    });
    await expect(failed).rejects.toThrow(name);
    expect(told).toEqual([new Error(name)]);
    expect(memory().numTensors).toBe(before);
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
