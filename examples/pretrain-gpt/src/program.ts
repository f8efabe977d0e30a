import { TenonError } from '@tenon/core';
import { TokenizerError } from '@tenon/tokenizers';

const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full: free some space, then go on with --resume',
  EDQUOT: 'Your quota is used up: free some space, then go on with --resume',
  EACCES: 'You may not write there: choose another folder with --out',
  EPERM: 'You may not write there: choose another folder with --out',
  EROFS: 'It can only be read: choose another folder with --out',
  ENOTDIR: 'A part of the path is a file: choose another folder with --out',
  EEXIST: 'A file is in the way: choose another folder with --out',
};

/** Runs a program to its exit code. What went wrong for a reason we know is one line; the rest is a bug, with its stack. */
export async function runProgram(program: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await program();
  } catch (error) {
    console.error(explain(error));
    process.exitCode = 1;
  }
}

function explain(error: unknown): string {
  if (error instanceof TenonError || error instanceof TokenizerError) return `error: ${error.message}`;
  const { code, message, path, stack, syscall } = error as NodeJS.ErrnoException;
  // Node says ENOENT where a folder with its parents cannot be made because the disk can only be read.
  const advice = ADVICE[code === 'ENOENT' && syscall === 'mkdir' ? 'EROFS' : (code ?? '')];
  if (advice !== undefined)
    return `error: ${path ?? 'writing'}: expected to write it, got ${message}. ${advice}.`;
  return stack ?? String(error);
}

const EXIT_CODES: Readonly<Record<string, number>> = { SIGINT: 130, SIGTERM: 143 };

/** What a shell expects of a program that a signal has ended: 128 and the signal's number. */
export function exitCode(signal: AbortSignal): number {
  return signal.aborted ? (EXIT_CODES[String(signal.reason)] ?? 1) : 0;
}
