// Training steps of a GPT-2 beside PyTorch and TensorFlow.js' wasm backend, in one interleaved run:
//   npm run bench -- train-step [--size S|M|tiny] [--rounds 5] [--without torch] [--without wasm] [--json]
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Benchmark } from '../benchmark.ts';
import { machine } from '../machine.ts';
import { choiceOption, wholeOption } from '../options.ts';
import { OPTIMIZER, SIZES, type SizeName } from '../sizes.ts';
import { type Block, Contestant, type Program } from './contestant.ts';
import { pyTorch, tenon } from './programs.ts';
import { formatResults, type Report, type Result } from './results.ts';

const PEERS = ['torch', 'wasm'] as const;
/** Steps a block: enough to even out a hiccup, few enough that the machine is the same for all in a round. */
const STEPS = { fast: 4, slow: 1 } as const;
const WARM_UP = { fast: 3, slow: 1 } as const;
/** Lets the threads of the one before go to sleep. */
const BREATH_MS = 300;

interface Runner {
  readonly contestant: Contestant;
  readonly blocks: Block[];
  readonly steps: number;
}

export const trainStep: Benchmark = {
  name: 'train-step',
  summary: 'a training step of GPT-2 beside PyTorch and the wasm backend: tokens/s, ratios, memory',
  async run(args) {
    const { values } = parseArgs({
      args,
      options: {
        size: { type: 'string', default: 'S' },
        rounds: { type: 'string', default: '5' },
        without: { type: 'string', multiple: true, default: [] },
        json: { type: 'boolean', default: false },
      },
    });
    const size = choiceOption('size', values.size, Object.keys(SIZES) as SizeName[]);
    const rounds = wholeOption('rounds', values.rounds);
    const without = values.without.map((name) => choiceOption('without', name, PEERS));

    const { programs, notes } = choosePrograms(size, without);
    const results = await measure(programs, size, rounds);
    const report: Report = { size, rounds, machine: machine(), results, notes };
    console.log(formatResults(report));
    if (values.json) await writeReport(report);
  },
};

function choosePrograms(
  size: SizeName,
  without: readonly string[],
): { programs: Program[]; notes: string[] } {
  const programs = [tenon('Tenon, onnx', 'onnx')];
  const notes: string[] = [];
  const torch = without.includes('torch') ? undefined : pyTorch();
  if (torch !== undefined) {
    programs.push(torch.program);
    notes.push(...torch.warnings);
  } else if (without.includes('torch')) notes.push('not measured: PyTorch, which was left out');
  else notes.push('not measured: PyTorch, which no python3 on the path has (TENON_PYTHON=FILE names one)');

  if (without.includes('wasm')) notes.push('not measured: wasm, which was left out');
  else if (size === 'M') notes.push('not measured: wasm, where a step of size M would take minutes');
  else programs.push(tenon('tfjs, wasm', 'wasm'));
  return { programs, notes };
}

/** Starts all, one after another, and then has one block of each in every round: only one computes at a time. */
async function measure(programs: readonly Program[], size: SizeName, rounds: number): Promise<Result[]> {
  const request = { size: SIZES[size], optimizer: OPTIMIZER, threads: availableParallelism(), seed: 1 };
  const runners: Runner[] = [];
  try {
    for (const program of programs) {
      const contestant = await Contestant.start(program, request);
      const kind = program.slow ? 'slow' : 'fast';
      runners.push({ contestant, blocks: [], steps: STEPS[kind] });
      progress(`${program.name}: warming up`);
      await contestant.run(WARM_UP[kind]);
    }
    for (let round = 1; round <= rounds; round++) {
      for (const { contestant, blocks, steps } of runners) {
        progress(`round ${round} of ${rounds}: ${contestant.name}`);
        await pause(BREATH_MS);
        blocks.push(await contestant.run(steps));
      }
    }
  } finally {
    for (const { contestant } of runners) await contestant.stop();
  }
  return runners.map(({ contestant, blocks }) => ({
    name: contestant.name,
    facts: contestant.facts,
    blocks,
  }));
}

const progress = (line: string): void => {
  if (process.stderr.isTTY) console.error(line);
};

async function writeReport(report: Report): Promise<void> {
  const folder = fileURLToPath(new URL('../../results', import.meta.url));
  const file = join(
    folder,
    `train-step-${report.size}-${new Date().toISOString().replaceAll(':', '-')}.json`,
  );
  await mkdir(folder, { recursive: true });
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
  console.log(`written to ${file}`);
}
