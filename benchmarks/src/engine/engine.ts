// What the engine has to show, in one interleaved run of about ten minutes on two cores at rest:
//   npm run bench -- engine [--only NAME] [--rounds 5] [--without torch|wasm|cpu] [--loaded] [--short] [--json]
import { mkdir, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Benchmark } from '../benchmark.ts';
import { interleave, type Timing } from '../interleave.ts';
import { machine } from '../machine.ts';
import { choiceOption, wholeOption } from '../options.ts';
import { findPyTorch } from '../programs.ts';
import { writeResultFile } from '../result-file.ts';
import { type Experiment, experiments, type PeerName } from './experiments.ts';
import {
  type EngineReport,
  type ExperimentReport,
  formatExperiment,
  formatReport,
  reportOn,
} from './results.ts';

const PEERS: readonly PeerName[] = ['torch', 'wasm', 'cpu'];

export const engine: Benchmark = {
  name: 'engine',
  summary: 'the engine beside PyTorch and the other backends, row by row: targets, ratios, memory',
  async run(args) {
    const { values } = parseArgs({
      args,
      options: {
        only: { type: 'string', multiple: true, default: [] },
        rounds: { type: 'string' },
        without: { type: 'string', multiple: true, default: [] },
        loaded: { type: 'boolean', default: false },
        short: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
    const without = values.without.map((name) => choiceOption('without', name, PEERS));
    const rounds = wholeOption('rounds', values.rounds ?? (values.short ? '1' : '5'));
    // Threads that wait for each other's turn lose most of their time where others compute: then one alone.
    const [threads, timing] = values.loaded
      ? ([1, 'processor'] as const)
      : ([availableParallelism(), 'clock'] as const);
    const folder = join(tmpdir(), `tenon-engine-${process.pid}`);
    const setting = { threads, folder, short: values.short };
    const names = experiments({ ...setting, torch: undefined }).map(({ name }) => name);
    const only = values.only.map((name) => choiceOption('only', name, names));
    const torch = without.includes('torch') ? undefined : findPyTorch(threads);
    const all = experiments({ ...setting, torch });
    const chosen = only.length === 0 ? all : all.filter(({ name }) => only.includes(name));

    const start = performance.now();
    const reports: ExperimentReport[] = [];
    await mkdir(folder);
    try {
      for (const experiment of chosen) {
        const report = await run(experiment, { rounds, without, timing });
        console.log(`${formatExperiment(report)}\n`);
        reports.push(report);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
    const report: EngineReport = {
      machine: machine(),
      rounds,
      threads,
      timing,
      seconds: (performance.now() - start) / 1000,
      experiments: reports,
      notes: [
        ...without.map((name) => `not measured: ${name}, which was left out`),
        ...(torch === undefined && !without.includes('torch')
          ? ['not measured: PyTorch, which no python3 on the path has (TENON_PYTHON=FILE names one)']
          : []),
        ...(torch?.warnings ?? []),
        ...(values.short ? ['these were tiny sizes: the figures mean nothing'] : []),
      ],
    };
    console.log(formatReport(report));
    if (values.json) await writeResultFile('engine', report);
    // A row that falls short is a figure; one that could not be measured as it should be is an error.
    if (reports.some(({ faults }) => faults.length > 0)) process.exitCode = 1;
  },
};

interface RunOptions {
  readonly rounds: number;
  readonly without: readonly PeerName[];
  readonly timing: Timing;
}

/** One experiment after the other, so that one that fails takes none with it. */
async function run(
  experiment: Experiment,
  { rounds, without, timing }: RunOptions,
): Promise<ExperimentReport> {
  const entrants = experiment.entrants.filter(({ peer }) => peer === undefined || !without.includes(peer));
  try {
    return reportOn(experiment, await interleave(entrants, rounds), timing);
  } catch (error) {
    return reportOn(experiment, [], timing, error instanceof Error ? error.message : String(error));
  }
}
