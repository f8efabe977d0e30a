import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type StateDict, storedTensor } from '@tenon/core';
import { accumulate } from '@tenon/optim';
import { selectBackend } from '@tenon/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { type NumberBatch, numberBatches } from './__fixtures__/number-batches.ts';
import { recorder } from './__fixtures__/recorder.ts';
import { TinyObjective } from './__fixtures__/tiny-objective.ts';
import { abortAt, newFolder, optimizer, run } from './__fixtures__/tiny-run.ts';
import type { TrainOptions } from './train.ts';
import type { TrainerControl } from './trainer-callback.ts';

const stepsOf = (root: string): string[] => readdirSync(root).sort();

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
    const root = newFolder();
    await run({ checkpoints: { folder: root, every: 6, keep: 3 } });
    expect(stepsOf(root)).toEqual(['step-00000012', 'step-00000018', 'step-00000020']);
  });

  /** A callback's method that ends the run at a step. */
  const stopAt = (at: number) => (event: { readonly step: number }, control: TrainerControl) => {
    if (event.step === at) control.shouldTrainingStop = true;
  };

  it.each<[string, Partial<TrainOptions<NumberBatch>>]>([
    ['finished', {}],
    ['exhausted', { batches: numberBatches({ limit: 10 }) }],
    ['stopped', { callbacks: [{ onStepEnd: stopAt(10) }] }],
    ['stopped', { callbacks: [{ onSave: stopAt(10) }] }],
  ])('of a run that is %s know what was done last, which nobody does again', async (stopped, change) => {
    const folder = newFolder();
    const last = stopped === 'finished' ? 20 : 10;
    const evaluation = { batches: () => numberBatches({ limit: 1 }), every: 3 };
    const options = { evaluation, logEvery: 7, ...change };
    const first = await run({ ...options, checkpoints: { folder, every: 5 } });
    expect(first).toMatchObject({ stopped, step: last });
    expect(first.events.at(-2)!.name).toBe('onSave');
    const { events, callback } = recorder(['onLog', 'onEvaluate', 'onSave']);
    await run({
      ...options,
      batches: numberBatches({ limit: 10 }),
      checkpoints: { folder, every: 5, resume: true },
      callbacks: [{ onTrainBegin: stopAt(last) }, callback],
    });
    expect(events).toEqual([]);
  });

  it('are found where a process was killed while one took the place of another', async () => {
    const whole = await run();
    const folder = newFolder();
    await run({ checkpoints: { folder, every: 5 }, ...abortAt(7) });
    const name = (one: string): string => join(folder, one);
    renameSync(name('step-00000007'), name('.step-00000007.complete'));
    cpSync(name('step-00000005'), name('.step-00000007.previous'), { recursive: true });
    mkdirSync(name('.step-00000009.1-1.partial'));
    const resumed = await run({ checkpoints: { folder, every: 5, resume: true } });
    expect(resumed.events[0]).toMatchObject({ name: 'onTrainBegin', step: 7 });
    expect(resumed.weights).toEqual(whole.weights);
    expect(readdirSync(folder).filter((one) => one.startsWith('.'))).toEqual([]);
  });

  it('keeps numbers that JSON does not have', async () => {
    const numbers = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1];
    const loaded: unknown[] = [];
    const saved = { name: 'judge', save: () => numbers, load: (state: unknown) => void loaded.push(state) };
    const folder = newFolder();
    await run({ checkpoints: { folder }, callbacks: [{ saved }], steps: 2 });
    await run({ checkpoints: { folder, resume: true }, callbacks: [{ saved }], steps: 2 });
    expect(loaded).toEqual([numbers]);
  });

  it('passes over damaged ones, and says so', async () => {
    const whole = await run();
    const root = newFolder();
    await run({ checkpoints: { folder: root, every: 5, keep: 4 }, steps: 16 });
    const at = (step: string, file: string): string => join(root, `step-000000${step}`, file);
    truncateSync(at('16', 'trainer.json'), 40);
    truncateSync(at('15', 'weights.safetensors'), 90);
    const bytes = readFileSync(at('10', 'optimizer.safetensors'));
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(at('10', 'optimizer.safetensors'), bytes);
    const resumed = await run({ checkpoints: { folder: root, every: 5, resume: true } });
    const warnings = resumed.events.flatMap((event) => (event.name === 'onWarning' ? [event.message] : []));
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
    const root = newFolder();
    await expect(run({ checkpoints: { folder: root, resume: true } })).rejects.toThrow(
      `resume from ${root}: expected a checkpoint step-* that is whole, got none. Check the folder, or start anew without resume.`,
    );
    expect((await run({ checkpoints: { folder: root, resume: 'if-any' } })).step).toBe(20);
  });

  it('refuses to start anew among the checkpoints of another run', async () => {
    const root = newFolder();
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
    const root = newFolder();
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
    const root = newFolder();
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
    const root = newFolder();
    await expect(run({ objective, checkpoints: { folder: root, every: 4 } })).rejects.toThrow(
      'weight after step 8: expected finite weights, got NaN or infinity. No checkpoint was written.',
    );
    expect(stepsOf(root)).toEqual(['step-00000004']);
  });

  it('removes what a killed process left half-written', async () => {
    const root = newFolder();
    await run({ checkpoints: { folder: root }, ...abortAt(2) });
    writeFileSync(join(root, '.step-00000004.1-1.partial'), 'half');
    await run({ checkpoints: { folder: root, resume: true } });
    expect(existsSync(join(root, '.step-00000004.1-1.partial'))).toBe(false);
  });
});
