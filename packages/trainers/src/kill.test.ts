import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { testBackends } from '@tenon/testing';
import { beforeAll, describe, expect, it } from 'vitest';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const hooks = new URL('../../../scripts/source-hooks.mjs', import.meta.url).href;
const newFolder = (): string => mkdtempSync(join(tmpdir(), 'tenon-kill-'));

type Program = 'mortal-run.ts' | 'mortal-trainer.ts' | 'mortal-kinds.ts';

/** Starts a program of __fixtures__ from source. */
function startProgram(name: Program, backend: string, folder: string, moment = 'never'): ChildProcess {
  const node = ['--conditions=@tenon/source', '--import', 'tsx', '--import', hooks];
  const program = [path(`__fixtures__/${name}`), backend, folder, moment];
  return spawn(process.execPath, [...node, ...program], { stdio: ['ignore', 'pipe', 'inherit'] });
}

interface Outcome {
  readonly signal: NodeJS.Signals | null;
  readonly code: number | null;
  readonly lastLine: string;
}

async function end(child: ChildProcess, onLine: (line: string) => void = () => undefined): Promise<Outcome> {
  let lastLine = '';
  createInterface(child.stdout!).on('line', (line) => {
    lastLine = line;
    onLine(line);
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, lastLine };
}

/** Sends a signal when the run says that it made a step. */
function endBySignal(child: ChildProcess, signal: NodeJS.Signals, step: string): Promise<Outcome> {
  return end(child, (line) => {
    if (line === step) child.kill(signal);
  });
}

const metricsOf = (folder: string, file = 'metrics.jsonl'): object[] =>
  readFileSync(join(folder, file), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => ({ ...JSON.parse(line), seconds: 0 }));

describe.each(testBackends())('a run that is killed, on %s', { timeout: 240_000 }, (backend) => {
  const start = (...rest: [backend: string, folder: string, moment: string]): ChildProcess =>
    startProgram('mortal-run.ts', ...rest);
  let whole: { outcome: object; metrics: object[] };
  beforeAll(async () => {
    const folder = newFolder();
    const { code, lastLine } = await end(start(backend, folder, 'never'));
    expect(code).toBe(0);
    whole = { outcome: JSON.parse(lastLine), metrics: metricsOf(folder) };
  }, 120_000);

  it('ends as one that was left alone, wherever it was killed', async () => {
    const folder = newFolder();
    const moments = [
      'step:2', // nothing was saved yet
      'file:12', // the first checkpoint has its weights, and not the rest
      'file:24', // all of it is written, under its temporary name
      'file:25', // just after the renaming
      'piece:20', // half-way through a weight of the next one
    ];
    for (const moment of moments) {
      expect(await end(start(backend, folder, moment)), moment).toMatchObject({ signal: 'SIGKILL' });
    }
    expect(await endBySignal(start(backend, folder, 'line'), 'SIGKILL', 'step 5')).toMatchObject({
      signal: 'SIGKILL',
    });
    const interrupted = await endBySignal(start(backend, folder, 'line'), 'SIGINT', 'step 7');
    expect(interrupted.code).toBe(0);
    expect(JSON.parse(interrupted.lastLine)).toMatchObject({ stopped: 'interrupted', step: 7 });

    const { lastLine } = await end(start(backend, folder, 'never'));
    expect(JSON.parse(lastLine)).toEqual(whole.outcome);
    expect(metricsOf(folder)).toEqual(whole.metrics);
  });
});

// What is special about a Trainer does not depend on the backend, of which the first is enough.
describe('a Trainer that is killed', { timeout: 240_000 }, () => {
  const [backend] = testBackends();
  const start = (folder: string, moment: string): ChildProcess =>
    startProgram('mortal-trainer.ts', backend!, folder, moment);

  it('ends as one that was left alone: state, accumulation, best model, early stopping', async () => {
    const left = newFolder();
    const whole = await end(start(left, 'never'));
    expect(JSON.parse(whole.lastLine)).toMatchObject({ stopped: 'stopped' });

    const folder = newFolder();
    for (const moment of ['step:4', 'file:30', 'step:7']) {
      expect(await end(start(folder, moment)), moment).toMatchObject({ signal: 'SIGKILL' });
    }
    const { lastLine } = await end(start(folder, 'never'));
    expect(JSON.parse(lastLine)).toEqual(JSON.parse(whole.lastLine));
    expect(metricsOf(folder)).toEqual(metricsOf(left));
  });
});

describe('Trainers of a masked, a causal and a bidirectional language model', { timeout: 240_000 }, () => {
  const [backend] = testBackends();
  const KILLS = 3;

  /** Runs all three, and ends them so many milliseconds after they have begun. */
  async function runFor(folder: string, milliseconds: number) {
    const child = startProgram('mortal-kinds.ts', backend!, folder);
    const outcomes: object[] = [];
    let begun = 0;
    await end(child, (line) => {
      if (line !== 'begun') return void outcomes.push(JSON.parse(line) as object);
      begun = performance.now();
      if (milliseconds !== Infinity) setTimeout(() => child.kill('SIGKILL'), milliseconds);
    });
    const files = ['masked', 'causal', 'both-ways'].map((name) => `${name}.jsonl`);
    const traces = () => files.map((file) => metricsOf(folder, file));
    return { outcomes, traces, milliseconds: performance.now() - begun };
  }

  it('end as those that were left alone, killed at random moments', async () => {
    const whole = await runFor(newFolder(), Infinity);
    expect(whole.outcomes).toHaveLength(3);
    for (const outcome of whole.outcomes) expect(outcome).toMatchObject({ stopped: 'finished', step: 8 });

    const folder = newFolder();
    const moments = Array.from({ length: KILLS }, () => Math.round(0.6 * Math.random() * whole.milliseconds));
    for (const moment of moments) await runFor(folder, moment);
    const resumed = await runFor(folder, Infinity);
    const why = `killed ${moments.join(', ')} ms after the beginning`;
    expect(resumed.outcomes, why).toEqual(whole.outcomes);
    expect(resumed.traces(), why).toEqual(whole.traces());
  });
});
