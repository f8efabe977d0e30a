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
  const blas = fastestBlas(python, threads);
  const env = { OMP_NUM_THREADS: String(threads), OPENBLAS_CORETYPE: blas.coreType };
  const facts = { matrixProductGFLOPS: Math.round(blas.gflops) };
  const isSlow = blas.gflops < SLOW_GFLOPS_A_CORE * threads;
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
          `PyTorch multiplies matrices at ${blas.gflops.toFixed(0)} GFLOP/s here, as without a fast BLAS: its figures are not fair (Debian: install libopenblas0-pthread)`,
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
 * OpenBLAS, with which Debian's PyTorch computes, picks its kernels by a list of processors that lags behind; on
 * a new one it may choose those of an old one and run at half speed. So that the peer is measured at its best, a
 * matrix product is timed under each choice, and the fastest is taken. Other builds ignore the variable.
 */
function fastestBlas(python: string, threads: number): { coreType: string; gflops: number } {
  const probe = here('../peers/torch_matmul_probe.py');
  const given = process.env['OPENBLAS_CORETYPE'] ?? '';
  const timed = [...new Set(['', 'SKYLAKEX', given])].flatMap((coreType) => {
    const printed = runs(python, [probe], {
      OPENBLAS_CORETYPE: coreType,
      OMP_NUM_THREADS: String(threads),
    });
    return printed === undefined ? [] : [{ coreType, gflops: Number(printed) }];
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
