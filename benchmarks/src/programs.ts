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

/** PyTorch as its own defaults have it, but for the kernels of its BLAS. */
export const PYTORCH = 'PyTorch';
/**
 * The same with the threads of its loops asleep while they wait. On two cores those of Debian's build take the
 * cores from OpenBLAS's own; who knows that sets OMP_WAIT_POLICY.
 */
export const PYTORCH_ASLEEP = 'PyTorch, PASSIVE';

/** A PyTorch that was found, and how it multiplies fastest. */
export interface PyTorch {
  readonly warnings: readonly string[];
  /** Both ways to run it. @param script in the folder `peers` */
  programs(script: string, ...args: string[]): readonly Program[];
}

/** In the first Python on the path that has it (TENON_PYTHON names another), or nothing. */
export function findPyTorch(threads: number): PyTorch | undefined {
  const python = pythonWithTorch();
  if (python === undefined) return undefined;
  const { env, gflops } = fastestKernels(python, threads);
  const facts = { matrixProductGFLOPS: Math.round(gflops) };
  const isSlow = gflops < SLOW_GFLOPS_A_CORE * threads;
  return {
    programs: (script, ...args) =>
      [
        { name: PYTORCH, env },
        { name: PYTORCH_ASLEEP, env: { ...env, OMP_WAIT_POLICY: 'PASSIVE' } },
      ].map((way) => ({ ...way, command: python, args: [here(`../peers/${script}`), ...args], facts })),
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

/**
 * OpenBLAS, with which Debian's PyTorch computes, picks its kernels by a list of processors that lags behind; on a new
 * one it may choose those of an old one and run at half speed. So a matrix product is timed under each choice, and the
 * fastest is taken. Other builds ignore the variable.
 */
function fastestKernels(python: string, threads: number): { env: Record<string, string>; gflops: number } {
  const given = process.env['OPENBLAS_CORETYPE'] ?? '';
  const timed = [...new Set(['', 'SKYLAKEX', given])].flatMap((coreType) => {
    const env = { OMP_NUM_THREADS: String(threads), OPENBLAS_CORETYPE: coreType };
    const printed = runs(python, [here('../peers/torch_matmul_probe.py')], env);
    return printed === undefined ? [] : [{ env, gflops: Number(printed) }];
  });
  return timed.reduce((best, next) => (next.gflops > best.gflops ? next : best));
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
