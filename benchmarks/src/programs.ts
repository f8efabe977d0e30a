// How contestants are started: ours in Node, the peer in Python.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Program } from './contestant.ts';

/** Netlib's reference BLAS stays below this on any processor of today, one written for its vectors far above. */
const SLOW_GFLOPS_A_CORE = 10;

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** A worker of ours. The launcher sets what Node needs before it starts. @param worker from this folder */
export function nodeProgram(name: string, worker: string, ...args: string[]): Program {
  return { name, command: process.execPath, args: [here('../../scripts/run.mjs'), here(worker), ...args] };
}

/** A PyTorch that was found, and how it multiplies fastest. */
export interface PyTorch {
  readonly warnings: readonly string[];
  /** @param script in the folder `peers` */
  program(script: string, ...args: string[]): Program;
}

/** In the first Python on the path that has it (TENON_PYTHON names another), or nothing. */
export function findPyTorch(threads: number): PyTorch | undefined {
  const python = pythonWithTorch();
  if (python === undefined) return undefined;
  const { env, gflops } = fastestTuning(python, threads);
  const facts = { matrixProductGFLOPS: Math.round(gflops) };
  const isSlow = gflops < SLOW_GFLOPS_A_CORE * threads;
  return {
    program: (script, ...args) => ({
      name: 'PyTorch',
      command: python,
      args: [here(`../peers/${script}`), ...args],
      env,
      facts,
    }),
    warnings: isSlow
      ? [
          `PyTorch multiplies matrices at ${gflops.toFixed(0)} GFLOP/s here, as without a fast BLAS: its figures are not fair (Debian: install libopenblas0-pthread)`,
        ]
      : [],
  };
}

function pythonWithTorch(): string | undefined {
  const named = process.env['TENON_PYTHON'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const candidates = named !== undefined ? [named] : folders.map((folder) => join(folder, 'python3'));
  return candidates.find(
    (python) => existsSync(python) && runs(python, ['-c', 'import torch']) !== undefined,
  );
}

/** How a process of PyTorch is started so that it is fast. */
interface Tuning {
  readonly env: Readonly<Record<string, string>>;
  /** Of a matrix product. */
  readonly gflops: number;
  /** Of a part of a training step. */
  readonly milliseconds: number;
}

/**
 * So that the peer is measured at its best, two things are tried, and the fastest is taken. Other builds of
 * PyTorch ignore the variables.
 *
 * - OpenBLAS, with which Debian's PyTorch computes, picks its kernels by a list of processors that lags behind;
 *   on a new one it may choose those of an old one and run at half speed.
 * - PyTorch's own loops and OpenBLAS have a team of threads each. One that spins while it waits takes the cores
 *   from the other.
 */
function fastestTuning(python: string, threads: number): Tuning {
  const tried = (env: Record<string, string>): Tuning[] => {
    const all = { OMP_NUM_THREADS: String(threads), ...env };
    const printed = runs(python, [here('../peers/torch_probe.py')], all);
    if (printed === undefined) return [];
    return [{ env: all, ...(JSON.parse(printed) as Pick<Tuning, 'gflops' | 'milliseconds'>) }];
  };
  const given = process.env['OPENBLAS_CORETYPE'] ?? '';
  const kernels = [...new Set(['', 'SKYLAKEX', given])].flatMap((coreType) =>
    tried({ OPENBLAS_CORETYPE: coreType }),
  );
  const best = kernels.reduce((one, other) => (other.gflops > one.gflops ? other : one));
  const [sleeping = best] = tried({ ...best.env, OMP_WAIT_POLICY: 'PASSIVE' });
  return sleeping.milliseconds < best.milliseconds ? sleeping : best;
}

/** What a program prints, or `undefined` when it cannot run: kernels for another processor end it with a signal. */
function runs(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): string | undefined {
  const done = spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, ...env } });
  return done.status === 0 ? done.stdout : undefined;
}
