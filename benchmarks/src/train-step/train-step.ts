// Training steps of a GPT-2 beside PyTorch and TensorFlow.js' wasm backend, in one interleaved run:
//   npm run bench -- train-step [--size S|M|tiny] [--rounds 5] [--without torch] [--without wasm] [--json]
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { Benchmark } from '../benchmark.ts';
import type { Program } from '../contestant.ts';
import { type Entrant, interleave } from '../interleave.ts';
import { machine } from '../machine.ts';
import { choiceOption, wholeOption } from '../options.ts';
import { findPyTorch, nodeProgram } from '../programs.ts';
import { writeResultFile } from '../result-file.ts';
import { OPTIMIZER, SIZES, type SizeName } from '../sizes.ts';
import { formatResults, type Report } from './results.ts';

const PEERS = ['torch', 'wasm'] as const;
/** One step of wasm takes about a minute at size S. */
const FAST = { warmUp: 3, steps: 4 };
const SLOW = { warmUp: 1, steps: 1 };

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

    const { entrants, notes } = chooseEntrants(size, without);
    const results = await interleave(entrants, rounds);
    const report: Report = { size, rounds, machine: machine(), results, notes };
    console.log(formatResults(report));
    if (values.json) await writeResultFile(`train-step-${size}`, report);
  },
};

function chooseEntrants(
  size: SizeName,
  without: readonly string[],
): { entrants: Entrant[]; notes: string[] } {
  const request = { size: SIZES[size], optimizer: OPTIMIZER, threads: availableParallelism(), seed: 1 };
  const ours = (name: string, backend: string): Program => nodeProgram(name, 'train-step/worker.ts', backend);
  const entrants: Entrant[] = [{ program: ours('Tenon, onnx', 'onnx'), request, ...FAST }];
  const notes: string[] = [];
  const torch = without.includes('torch') ? undefined : findPyTorch(availableParallelism());
  if (torch !== undefined) {
    for (const program of torch.programs('torch_train_step.py')) entrants.push({ program, request, ...FAST });
    notes.push(...torch.warnings);
  } else if (without.includes('torch')) notes.push('not measured: PyTorch, which was left out');
  else notes.push('not measured: PyTorch, which no python3 on the path has (TENON_PYTHON=FILE names one)');

  if (without.includes('wasm')) notes.push('not measured: wasm, which was left out');
  else if (size === 'M') notes.push('not measured: wasm, where a step of size M would take minutes');
  else entrants.push({ program: ours('tfjs, wasm', 'wasm'), request, ...SLOW });
  return { entrants, notes };
}
