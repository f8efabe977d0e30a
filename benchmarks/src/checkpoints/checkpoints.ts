// Loads and saves GPT-2 Small, a file of 498 MB:  npm run bench -- checkpoints [--rounds 5]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Benchmark } from '../benchmark.ts';
import { formatMachine, machine } from '../machine.ts';
import { wholeOption } from '../options.ts';
import { nodeProgram } from '../programs.ts';
import { formatTable } from '../table.ts';

/** `touch` is not measured: it writes to memory and ends. */
export type Work = 'touch' | MeasuredWork;
type MeasuredWork = 'save' | 'read' | 'load';

export interface Measured {
  readonly wallSeconds: number;
  /** User and system together: what a busy machine does not change. */
  readonly cpuSeconds: number;
  /** Resident memory at its peak over what it was before. */
  readonly peakMB: number;
}

/** Loading may take this share of the file's size in memory, and this speed of reading the file it must reach. */
const MOST_MEMORY = 1.2;
const LEAST_SPEED = 0.5;

const NAMES: Readonly<Record<MeasuredWork, string>> = {
  save: 'savePretrained',
  read: 'readFileSync',
  load: 'fromPretrained',
};

export const checkpoints: Benchmark = {
  name: 'checkpoints',
  summary: 'loading and saving 498 MB of weights: memory over the file, speed against reading the file',
  async run(args) {
    const { values } = parseArgs({ args, options: { rounds: { type: 'string', default: '5' } } });
    const rounds = wholeOption('rounds', values.rounds);
    const folder = mkdtempSync(join(tmpdir(), 'tenon-bench-'));
    try {
      const results: Record<MeasuredWork, Measured[]> = { save: [], read: [], load: [] };
      results.save.push(measure('save', folder));
      for (let round = 0; round < rounds; round++) {
        for (const work of ['read', 'load'] as const) results[work].push(measure(work, folder));
      }
      const fileMB = statSync(join(folder, 'model.safetensors')).size / 1e6;
      report(fileMB, {
        save: best(results.save),
        read: best(results.read),
        load: best(results.load),
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

function measure(work: MeasuredWork, folder: string): Measured {
  // A virtual machine gives memory that nobody uses back to its host, and gets it again at a tenth of the speed: without this,
  // the same read takes from 50 to 800 ms. Most of that, not all, is gone with it.
  start('touch', folder);
  return JSON.parse(start(work, folder)) as Measured;
}

function start(work: Work, folder: string): string {
  const { command, args = [] } = nodeProgram(work, './checkpoints/worker.ts', work, folder);
  return execFileSync(command, args, { encoding: 'utf8' });
}

/** The least time, which is the one without disturbance, and the most memory. */
function best(results: readonly Measured[]): Measured {
  return {
    wallSeconds: Math.min(...results.map(({ wallSeconds }) => wallSeconds)),
    cpuSeconds: Math.min(...results.map(({ cpuSeconds }) => cpuSeconds)),
    peakMB: Math.max(...results.map(({ peakMB }) => peakMB)),
  };
}

function report(fileMB: number, results: Readonly<Record<MeasuredWork, Measured>>): void {
  console.log(formatMachine(machine()));
  console.log(`GPT-2 Small on onnx, ${fileMB.toFixed(0)} MB of F32, from the page cache`);
  console.log(
    formatTable([
      ['', 'seconds', 'processor seconds', 'peak MB', 'peak ÷ file'],
      ...Object.entries(results).map(([work, { wallSeconds, cpuSeconds, peakMB }]) => [
        NAMES[work as MeasuredWork],
        wallSeconds.toFixed(2),
        cpuSeconds.toFixed(2),
        peakMB.toFixed(0),
        (peakMB / fileMB).toFixed(2),
      ]),
    ]),
  );
  const { read, load } = results;
  claim('peak of loading ÷ file', load.peakMB / fileMB, (ratio) => ratio <= MOST_MEMORY, `≤ ${MOST_MEMORY}`);
  claim(
    'speed of loading ÷ reading',
    read.wallSeconds / load.wallSeconds,
    (ratio) => ratio >= LEAST_SPEED,
    `≥ ${LEAST_SPEED}`,
  );
}

function claim(name: string, ratio: number, holds: (ratio: number) => boolean, wanted: string): void {
  const isMet = holds(ratio);
  console.log(`${name}: ${ratio.toFixed(2)} (wanted ${wanted})${isMet ? '' : ': missed'}`);
  if (!isMet) process.exitCode = 1;
}
