import { readdirSync } from 'node:fs';
import { selectBackend } from '@tenon/testing';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { newFolder, run } from '../__fixtures__/tiny-run.ts';
import type { TrainerControl } from '../trainer-callback.ts';
import { killedRun } from './__fixtures__/killed-run.ts';
import { readEvents } from './__fixtures__/read-events.ts';
import { crc32c } from './crc32c.ts';
import { tensorBoard } from './index.ts';

const control: TrainerControl = {
  shouldTrainingStop: false,
  shouldEvaluate: false,
  shouldSave: false,
  shouldLog: false,
};

test('crc32c gives the check value and those of RFC 3720', () => {
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
});

describe('tensorBoard', () => {
  beforeAll(() => selectBackend('cpu'));

  it("writes what is logged, by Hugging Face's names", async () => {
    const folder = newFolder();
    const callback = tensorBoard(folder);
    const args = { learningRate: 5e-5, freeze: /^backbone/ };
    await callback.onTrainBegin?.({ step: 0, steps: 2 ** 40, args }, control);
    await callback.onLog?.(
      { step: 2 ** 40, epoch: 1.5, loss: 0.5, learningRate: 0.25, gradientNorm: 2 },
      control,
    );
    await callback.onLog?.({ step: 300, loss: Number.NaN }, control);
    const metrics = { accuracy: 0.75 };
    await callback.onEvaluate?.({ step: 300, loss: 1, perplexity: Math.E, metrics, seconds: 8 }, control);
    const [events = []] = readEvents(folder);
    expect(events.map(({ wallTime, ...event }) => event)).toEqual([
      { step: 0, fileVersion: 'brain.Event:2', scalars: {}, texts: {} },
      { step: 0, sessionStatus: 1, scalars: {}, texts: {} },
      {
        step: 0,
        scalars: {},
        texts: {
          'args/text_summary': '    {\n      "learningRate": 0.00005,\n      "freeze": "/^backbone/"\n    }',
        },
      },
      {
        step: 2 ** 40,
        scalars: { 'train/loss': 0.5, 'train/learning_rate': 0.25, 'train/grad_norm': 2, 'train/epoch': 1.5 },
        texts: {},
      },
      { step: 300, scalars: { 'train/loss': Number.NaN }, texts: {} },
      { step: 300, scalars: { 'eval/loss': 1, 'eval/accuracy': 0.75, 'eval/runtime': 8 }, texts: {} },
    ]);
    expect(Math.abs(events[0]!.wallTime - Date.now() / 1000)).toBeLessThan(3600);
  });

  it('writes an evaluation without a run, and leaves the files before it as they are', async () => {
    const folder = newFolder();
    await run({ callbacks: [tensorBoard(folder)] });
    await tensorBoard(folder).onEvaluate?.({ step: 0, loss: 0.25, perplexity: 1, seconds: 1 }, control);
    const [, events = []] = readEvents(folder);
    expect(events.map(({ wallTime, ...event }) => event)).toEqual([
      { step: 0, fileVersion: 'brain.Event:2', scalars: {}, texts: {} },
      { step: 0, scalars: { 'eval/loss': 0.25, 'eval/runtime': 1 }, texts: {} },
    ]);
  });

  it('leaves whole events when it is killed, and begins a file where the run goes on', async () => {
    const [killed = [], resumed = [], ...others] = readEvents(await killedRun());
    expect(others).toEqual([]);
    expect(killed.at(-1)!.step).toBe(12);
    expect(resumed[1]).toMatchObject({ step: 11, sessionStatus: 1 });
    expect(resumed.flatMap(({ step, scalars }) => ('train/loss' in scalars ? step : []))).toEqual(
      Array.from({ length: 10 }, (_, i) => 11 + i),
    );
  });

  it('says of a new run in the same folder that the old one is out of date', async () => {
    const folder = newFolder();
    for (const _ of [1, 2, 3]) await run({ callbacks: [tensorBoard(folder)] });
    const files = readEvents(folder);
    expect(files).toHaveLength(3);
    for (const [version, session] of files) {
      expect(version?.fileVersion).toBe('brain.Event:2');
      expect(session).toMatchObject({ step: 0, sessionStatus: 1 });
    }
    expect(readdirSync(folder)).toEqual([...readdirSync(folder)].sort());
  });
});
