// Programs of the folder `peers` that are no benchmark: they are asked once, by a file.
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { TenonError } from '@tenon/core';
import { findPyTorch, PYTORCH_ASLEEP } from '../../programs.ts';
import type { Figures } from '../experiment.ts';

/** What a peer is asked. */
export interface PeerJob {
  /** In the folder `peers`. */
  readonly script: string;
  /** @param folder for files that go with the request; it is gone when all has ended. */
  readonly request: (folder: string) => Promise<object>;
  /** Told of every line. */
  readonly say?: (line: string) => void;
  /** Reads what the peer left in its folder. */
  readonly onEnd?: () => void;
}

/**
 * Runs a peer in PyTorch on two threads; it writes lines of JSON.
 *
 * @returns its last line.
 * @throws {TenonError} where there is no PyTorch, or the peer fails or writes nothing.
 */
export async function askPeer({ script, request, say, onEnd }: PeerJob): Promise<Figures> {
  const folder = await mkdtemp(join(tmpdir(), 'tenon-results-'));
  try {
    const file = join(folder, 'request.json');
    await writeFile(file, JSON.stringify(await request(folder)));
    const { command, args, env } = pyTorch(script, file);
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    });
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    let last: Figures | undefined;
    for await (const line of createInterface({ input: child.stdout })) {
      last = JSON.parse(line) as Figures; // the peer writes nothing else
      say?.(line);
    }
    const status = await ended;
    if (status !== 0 || last === undefined) {
      throw new TenonError({
        subject: script,
        expected: 'lines, and to end well',
        got: last === undefined ? 'no line' : `an exit status of ${status}`,
        advice: 'What it printed above says why.',
      });
    }
    onEnd?.();
    return last;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function pyTorch(script: string, file: string) {
  const program = findPyTorch(2)
    ?.programs(script, file)
    .find(({ name }) => name === PYTORCH_ASLEEP);
  if (program !== undefined) return program;
  throw new TenonError({
    subject: script,
    expected: 'a Python with PyTorch on the path',
    got: 'none',
    advice:
      'Install it (Debian: python3-torch libopenblas0-pthread), name one by TENON_PYTHON, or leave its arms out by --arms.',
  });
}
