// Trains what docs/results.md reports:  npm run results -- NAME [--seeds 0,1,2] [--arms a,b] [--data FOLDER]
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { TenonError } from '@tenon/core';
import { useBackend } from '@tenon/core/backend';
import { formatMachine, machine } from '../machine.ts';
import { writeResultFile } from '../result-file.ts';
import { formatTable } from '../table.ts';
import type { Experiment, Figures } from './experiment.ts';
import { atis } from './experiments/atis.ts';
import { inDomain, pretrainingBert } from './experiments/bert-transfer.ts';
import { chnsenticorp } from './experiments/chnsenticorp.ts';
import { elmoMix } from './experiments/elmo-mix.ts';
import { auxiliaryObjective, pretrainingGPT } from './experiments/gpt-transfer.ts';
import { gpt2Char } from './experiments/gpt2-char.ts';
import { sick } from './experiments/sick.ts';
import { spanQA } from './experiments/span-qa.ts';
import { sst2 } from './experiments/sst2.ts';
import { twoSided } from './experiments/two-sided.ts';
import { txlChar } from './experiments/txl-char.ts';
import { txlMemory } from './experiments/txl-memory.ts';
import { short } from './verdicts.ts';

const EXPERIMENTS: readonly Experiment[] = [
  sst2,
  atis,
  gpt2Char,
  txlChar,
  sick,
  chnsenticorp,
  spanQA,
  pretrainingBert,
  pretrainingGPT,
  auxiliaryObjective,
  inDomain,
  twoSided,
  elmoMix,
  txlMemory,
];

interface Run {
  readonly arm: string;
  readonly seed: number;
  readonly figures: Figures;
  readonly seconds: number;
}

async function runExperiment(experiment: Experiment, words: readonly string[]): Promise<void> {
  const { seeds, arms, data, backend } = readOptions(experiment, words);
  console.log(`${experiment.name}: ${experiment.question}\n${(await useBackend(backend)).description}`);
  const runs: Run[] = [];
  for (const seed of seeds) {
    for (const arm of arms) {
      const started = performance.now();
      const say = (text: string): void => console.log(`  ${arm}, seed ${seed}: ${text}`);
      const figures = await experiment.arms[arm]!({ seed, data, say });
      const seconds = (performance.now() - started) / 1000;
      runs.push({ arm, seed, figures, seconds });
      say(`${describe(figures)} (${seconds.toFixed(0)} s)`);
    }
  }
  report(experiment, arms, runs);
  await writeResultFile(`results-${experiment.name}`, { machine: machine(), seeds, runs });
}

function report(experiment: Experiment, arms: readonly string[], runs: readonly Run[]): void {
  const names = [...new Set(runs.flatMap(({ figures }) => Object.keys(figures)))];
  console.log(`\n${formatMachine(machine())}`);
  const rows = runs.map(({ arm, seed, figures, seconds }) => [
    arm,
    String(seed),
    ...names.map((name) => (figures[name] === undefined ? '' : short(figures[name]))),
    seconds.toFixed(0),
  ]);
  console.log(formatTable([['arm', 'seed', ...names, 'seconds'], ...rows]));
  const outcome = Object.fromEntries(
    arms.map((arm) => [arm, runs.filter((run) => run.arm === arm).map(({ figures }) => figures)]),
  );
  const all = Object.keys(experiment.arms).every((arm) => arms.includes(arm));
  console.log(all ? experiment.verdict(outcome) : 'no verdict: not all arms were run');
}

const describe = (figures: Figures): string =>
  Object.entries(figures)
    .map(([name, value]) => `${name} ${short(value)}`)
    .join(', ');

function readOptions(experiment: Experiment, words: readonly string[]) {
  const { values } = parseArgs({
    args: [...words],
    options: {
      seeds: { type: 'string', default: '0,1,2' },
      arms: { type: 'string', default: Object.keys(experiment.arms).join(',') },
      data: { type: 'string', default: '../shared/data' },
      backend: { type: 'string', default: 'auto' },
    },
  });
  const seeds = values.seeds.split(',').map(Number);
  if (!seeds.every((seed) => Number.isInteger(seed) && seed >= 0)) {
    throw new TenonError({
      subject: '--seeds',
      expected: 'whole numbers with commas between them',
      got: values.seeds,
      advice: 'Pass --seeds 0,1,2, for instance.',
    });
  }
  const arms = values.arms.split(',');
  const unknown = arms.find((arm) => !Object.hasOwn(experiment.arms, arm));
  if (unknown !== undefined) {
    throw new TenonError({
      subject: '--arms',
      expected: Object.keys(experiment.arms).join(', '),
      got: unknown,
      advice: 'Pass some of these with commas between them.',
    });
  }
  return { seeds, arms, data: resolve(values.data), backend: values.backend as 'auto' }; // useBackend says so when it is none
}

const [name, ...words] = process.argv.slice(2);
const experiment = EXPERIMENTS.find((candidate) => candidate.name === name);
if (experiment === undefined) {
  const list = EXPERIMENTS.map((one) => `  ${one.name.padEnd(22)}  ${one.question}`).join('\n');
  if (name === undefined) console.log(`npm run results -- NAME [--seeds 0,1,2] [--data FOLDER]\n${list}`);
  else {
    console.error(`results: expected one of the names below, got ${name}. Run one of them.\n${list}`);
    process.exitCode = 1;
  }
} else {
  try {
    await runExperiment(experiment, words);
  } catch (error) {
    console.error(error instanceof TenonError ? error.message : error);
    process.exitCode = 1;
  }
}
