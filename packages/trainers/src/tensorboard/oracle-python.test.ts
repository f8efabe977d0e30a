// What is written here, TensorBoard in Python reads.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { selectBackend } from '@tenon/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { newFolder } from '../__fixtures__/tiny-run.ts';
import type { TrainerControl } from '../trainer-callback.ts';
import { killedRun } from './__fixtures__/killed-run.ts';
import { readEvents } from './__fixtures__/read-events.ts';
import { tensorBoard } from './index.ts';

const control: TrainerControl = {
  shouldTrainingStop: false,
  shouldEvaluate: false,
  shouldSave: false,
  shouldLog: false,
};

const python = process.env['TENON_PYTHON'];
const find = 'from importlib.util import find_spec as f; exit(f("tensorboard") is None)';
const hasOracle = python !== undefined && spawnSync(python, ['-c', find]).status === 0;
const why = hasOracle ? '' : ' (skipped: TENON_PYTHON names no Python that has tensorboard)';

function readByTensorBoard(folder: string): {
  scalars: Record<string, [step: number, value: number][]>;
  texts: Record<string, string[]>;
} {
  const script = fileURLToPath(new URL('./__fixtures__/read_events.py', import.meta.url));
  const done = spawnSync(python!, [script, folder], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`expected what TensorBoard read, got ${done.stderr.slice(-2000)}`);
  return JSON.parse(done.stdout);
}

describe.runIf(hasOracle)(`what TensorBoard itself reads${why}`, () => {
  beforeAll(() => selectBackend('cpu'));

  it('is every step once, of a run that was killed and resumed', async () => {
    const folder = await killedRun();
    const { scalars } = readByTensorBoard(folder);
    expect(Object.keys(scalars).sort()).toEqual([
      'eval/loss',
      'eval/runtime',
      'train/grad_norm',
      'train/learning_rate',
      'train/loss',
    ]);
    const steps = Array.from({ length: 20 }, (_, i) => i + 1);
    expect(scalars['train/loss']!.map(([step]) => step)).toEqual(steps);
    expect(scalars['eval/loss']!.map(([step]) => step)).toEqual([0, 10, 20]);
    const [before = [], after = []] = readEvents(folder);
    const ours = [...before.filter(({ step }) => step <= 10), ...after].flatMap(({ step, scalars: own }) =>
      'train/loss' in own ? [[step, own['train/loss']]] : [],
    );
    expect(scalars['train/loss']).toEqual(ours);
  }, 120_000);

  it('has the arguments as text', async () => {
    const folder = newFolder();
    await tensorBoard(folder).onTrainBegin?.({ step: 0, steps: 1, args: { seed: 7 } }, control);
    expect(readByTensorBoard(folder).texts).toEqual({
      'args/text_summary': ['    {\n      "seed": 7\n    }'],
    });
  }, 120_000);
});
