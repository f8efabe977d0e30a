import { existsSync, mkdtempSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ObjectiveValue, type StateDict, type StepContext, storedTensor } from '@tenon/core';
import { accumulate, adamW, chain, clipByGlobalNorm } from '@tenon/optim';
import { selectBackend, testBackends } from '@tenon/testing';
import { memory, mul, type Scalar } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type NumberBatch, numberBatches } from './__fixtures__/number-batches.ts';
import { TinyObjective } from './__fixtures__/tiny-objective.ts';
import type { TrainEvent } from './events.ts';
import { metricsFile } from './metrics-file.ts';
import { type TrainOptions, type TrainResult, train } from './train.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'tenon-train-'));
const optimizer = chain(clipByGlobalNorm(1), adamW({ learningRate: 0.05 }));

/** A run of 20 steps, with whatever is changed about it, and the weights that it ends with. */
async function run(
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
function abortAt(step: number): Pick<TrainOptions<NumberBatch>, 'signal' | 'callbacks'> {
  const controller = new AbortController();
  const abort = (event: TrainEvent): void => {
    if (event.type === 'step' && event.step === step) controller.abort();
  };
  return { signal: controller.signal, callbacks: [abort] };
}

const stepsOf = (root: string): string[] => readdirSync(root).sort();

describe.each(testBackends())('train on %s', (backend) => {
  beforeAll(() => selectBackend(backend));

  it('minimises the objective, and tells what happens', async () => {
    const { events, evaluation, stopped, step, loss } = await run({ steps: 150 });
    const evaluations = events.filter((event) => event.type === 'evaluation');
    expect(evaluations[0]!.loss).toBeGreaterThan(5);
    expect(evaluation!.loss).toBeLessThan(evaluations[0]!.loss / 4);
    expect(evaluation!.perplexity).toBe(Math.exp(evaluation!.loss));
    expect({ stopped, step }).toEqual({ stopped: 'finished', step: 150 });
    const steps = events.filter((event) => event.type === 'step');
    expect(steps.map((event) => event.step)).toEqual(Array.from({ length: 150 }, (_, i) => i + 1));
    expect(steps.at(-1)).toMatchObject({ loss, parts: { error: loss }, learningRate: 0.05, tokens: 1 });
    expect(steps.at(-1)!.gradientNorm).toBeGreaterThan(0);
    expect(events.map(({ type }) => type).slice(0, 3)).toEqual(['start', 'evaluation', 'step']);
    expect(events.at(-1)).toEqual({ type: 'end', step: 150, stopped: 'finished' });
  });

  it('goes on after an interruption as if there had been none', async () => {
    const whole = await run();
    const root = folder();
    const first = await run({ checkpoints: { folder: root }, ...abortAt(7) });
    expect(first).toMatchObject({ stopped: 'interrupted', step: 7, checkpoint: join(root, 'step-00000007') });
    const second = await run({ checkpoints: { folder: root, resume: true }, ...abortAt(12) });
    expect(second.events[0]).toMatchObject({
      type: 'start',
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
    expect(again.events.map(({ type }) => type)).toEqual(['start', 'end']);
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
    const root = folder();
    await run({ checkpoints: { folder: root }, ...abortAt(3) });
    await run({ checkpoints: { folder: root, resume: true } });
    expect(memory().numTensors).toBe(before);
  });

  it('stops at a loss that is not a number, and keeps the last good checkpoint', async () => {
    using objective = new BreakingObjective(6);
    const root = folder();
    const before = memory().numTensors;
    const events: TrainEvent[] = [];
    const broken = run({
      objective,
      checkpoints: { folder: root, every: 2 },
      callbacks: [(event) => void events.push(event)],
    });
    await expect(broken).rejects.toThrow(
      `loss at step 6: expected a finite number, got NaN. This step was not made. The last good checkpoint is ${join(root, 'step-00000004')}. Lower the learning rate, warm up longer or clip the gradients.`,
    );
    expect(events.at(-1)).toMatchObject({ type: 'failed', step: 5 });
    expect(objective.weight.dataSync().every(Number.isFinite)).toBe(true);
    expect(memory().numTensors).toBe(before);
    expect(stepsOf(root)).toEqual(['step-00000002', 'step-00000004']);
  });
});

/** Its loss is not a number at one step. */
class BreakingObjective extends TinyObjective {
  readonly #breakAt: number;
  #calls = 0;

  constructor(breakAt: number) {
    super();
    this.#breakAt = breakAt;
  }

  override loss(batch: NumberBatch, context: StepContext): ObjectiveValue {
    const { loss } = super.loss(batch, context);
    if (context.training && ++this.#calls === this.#breakAt) return { loss: mul(loss, Number.NaN) as Scalar };
    return { loss };
  }
}

/** Cannot be saved from some call on. */
class UnsavableObjective extends TinyObjective {
  readonly #values: () => Float32Array;
  #calls = 0;

  constructor(values: () => Float32Array) {
    super();
    this.#values = values;
  }

  override stateDict(): StateDict {
    if (++this.#calls === 1) return super.stateDict();
    return new Map([['weight', { ...storedTensor(new Float32Array(4), [4, 1]), read: this.#values }]]);
  }
}

describe('checkpoints', () => {
  beforeAll(() => selectBackend('cpu'));

  it('keeps the last few', async () => {
    const root = folder();
    await run({ checkpoints: { folder: root, every: 6, keep: 3 } });
    expect(stepsOf(root)).toEqual(['step-00000012', 'step-00000018', 'step-00000020']);
  });

  it('passes over damaged ones, and says so', async () => {
    const whole = await run();
    const root = folder();
    await run({ checkpoints: { folder: root, every: 5, keep: 4 }, steps: 16 });
    const at = (step: string, file: string): string => join(root, `step-000000${step}`, file);
    truncateSync(at('16', 'trainer.json'), 40);
    truncateSync(at('15', 'weights.safetensors'), 90);
    const bytes = readFileSync(at('10', 'optimizer.safetensors'));
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(at('10', 'optimizer.safetensors'), bytes);
    const resumed = await run({ checkpoints: { folder: root, every: 5, resume: true } });
    const warnings = resumed.events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
    expect(warnings).toHaveLength(3);
    expect(warnings[0]).toMatch(/^checkpoint .*step-00000016 is damaged \(trainer.json cannot be read: /);
    expect(warnings[2]).toBe(
      `checkpoint ${join(root, 'step-00000010')} is damaged (optimizer.safetensors is not as it was written); it was renamed to *.damaged and passed over`,
    );
    expect(resumed.weights).toEqual(whole.weights);
    expect(stepsOf(root).filter((name) => !name.endsWith('.damaged'))).toEqual([
      'step-00000015',
      'step-00000020',
    ]);
  });

  it('refuses to resume from nothing', async () => {
    const root = folder();
    await expect(run({ checkpoints: { folder: root, resume: true } })).rejects.toThrow(
      `resume from ${root}: expected a checkpoint step-* that is whole, got none. Check the folder, or start anew without resume.`,
    );
    expect((await run({ checkpoints: { folder: root, resume: 'if-any' } })).step).toBe(20);
  });

  it('refuses to start anew among the checkpoints of another run', async () => {
    const root = folder();
    await run({ checkpoints: { folder: root } });
    await expect(run({ checkpoints: { folder: root } })).rejects.toThrow(
      `checkpoints folder of a new run: expected no checkpoints in it, got ${join(root, 'step-00000020')}. Go on from it with resume, delete it, or choose another folder.`,
    );
  });

  it.each<[string, () => Partial<TrainOptions<NumberBatch>>, string]>([
    ['seed', () => ({ seed: 7 }), 'seed: expected 7, got 42.'],
    ['identity', () => ({ identity: { layers: 2 } }), 'identity: expected {"layers":2}, got null.'],
    [
      'model',
      () => ({ objective: new TinyObjective({ size: 5 }) }),
      'weight of shape [4, 1] instead of [5, 1]',
    ],
    ['optimizer', () => ({ optimizer: accumulate(2, optimizer) }), 'missing weight.gradient_sum'],
    ['data', () => ({ batches: numberBatches({ seed: 2 }) }), 'batches: expected seed 2, got 1.'],
  ])('refuses one of another run: %s', async (_, change, reason) => {
    const root = folder();
    await run({ checkpoints: { folder: root }, ...abortAt(2) });
    const resumed = run({ ...change(), checkpoints: { folder: root, resume: true } });
    await expect(resumed).rejects.toThrow(
      `checkpoint ${join(root, 'step-00000002')}: expected one of this run, got a foreign one (`,
    );
    await expect(resumed).rejects.toThrow(reason);
  });

  it('says when a disk is full, and keeps the last good one', async () => {
    using objective = new UnsavableObjective(() => {
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    });
    const root = folder();
    await expect(run({ objective, checkpoints: { folder: root, every: 4 } })).rejects.toThrow(
      `checkpoint at step 8: expected to write it into ${root}, got ENOSPC: no space left on device, write. Put that right, then resume. The last good checkpoint is ${join(root, 'step-00000004')}.`,
    );
    expect(stepsOf(root)).toEqual(['step-00000004']);
    expect((await run({ checkpoints: { folder: root, resume: true } })).weights).toEqual(
      (await run()).weights,
    );
  });

  it('writes none with weights that are not finite', async () => {
    using objective = new UnsavableObjective(() => Float32Array.of(1, 2, Number.NaN, 4));
    const root = folder();
    await expect(run({ objective, checkpoints: { folder: root, every: 4 } })).rejects.toThrow(
      'weight after step 8: expected finite weights, got NaN or infinity. No checkpoint was written.',
    );
    expect(stepsOf(root)).toEqual(['step-00000004']);
  });

  it('removes what a killed process left half-written', async () => {
    const root = folder();
    await run({ checkpoints: { folder: root }, ...abortAt(2) });
    writeFileSync(join(root, '.step-00000004.1-1.partial'), 'half');
    await run({ checkpoints: { folder: root, resume: true } });
    expect(existsSync(join(root, '.step-00000004.1-1.partial'))).toBe(false);
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

  it('reports why it failed even where a callback fails too', async () => {
    using objective = new BreakingObjective(1);
    const failing = (event: TrainEvent): void => {
      if (event.type === 'failed') throw new Error('the callback');
    };
    await expect(run({ objective, callbacks: [failing] })).rejects.toThrow(
      'loss at step 1: expected a finite number, got NaN. This step was not made. No checkpoints were asked for.',
    );
  });
});

describe('metricsFile', () => {
  beforeAll(() => selectBackend('cpu'));

  const linesOf = (file: string): object[] =>
    readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => ({ ...JSON.parse(line), seconds: 0 }));

  it('ends up as if there had been no interruption', async () => {
    const [whole, root] = [folder(), folder()];
    await run({ callbacks: [metricsFile(join(whole, 'metrics.jsonl'))] });
    const file = join(root, 'log', 'metrics.jsonl');
    const { callbacks, ...aborted } = abortAt(7);
    await run({
      checkpoints: { folder: root, every: 5 },
      ...aborted,
      callbacks: [...callbacks!, metricsFile(file)],
    });
    writeFileSync(file, `${JSON.stringify({ type: 'step', step: 8 })}\n{"type":"st`, { flag: 'a' });
    await run({ checkpoints: { folder: root, resume: true }, callbacks: [metricsFile(file)] });
    expect(linesOf(file)).toEqual(linesOf(join(whole, 'metrics.jsonl')));
    expect(linesOf(file)).toHaveLength(20 + 3);
  });

  it('starts anew with a new run, and can leave steps out', async () => {
    const file = join(folder(), 'metrics.jsonl');
    writeFileSync(file, '{"type":"step","step":0}\n');
    await run({ callbacks: [metricsFile(file, { every: 8 })] });
    expect(linesOf(file)).toMatchObject([
      { type: 'evaluation', step: 0 },
      { type: 'step', step: 8 },
      { type: 'evaluation', step: 10 },
      { type: 'step', step: 16 },
      { type: 'evaluation', step: 20 },
    ]);
  });
});
