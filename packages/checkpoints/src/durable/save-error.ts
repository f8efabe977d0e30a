import { existsSync } from 'node:fs';
import { TenonError } from '@tenon/core';

const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full: free some space and save again.',
  EDQUOT: 'Your quota is used up: free some space and save again.',
  EFBIG: 'The file is larger than this system allows: save elsewhere.',
  EACCES: 'You may not write there: change the rights or save elsewhere.',
  EPERM: 'You may not write there: change the rights or save elsewhere.',
  EROFS: 'It can only be read: save elsewhere.',
  ENOENT: 'Make the folder it lies in first.',
  ENOTDIR: 'A part of the path is a file: save elsewhere.',
  EIO: 'The disk fails: save to another one.',
};

/** The operating system's reason why nothing could be saved, with what is left; other errors stay as they are. */
export function saveError(target: string, error: unknown): unknown {
  // Inside writeFolder the file's own error comes by here again: the folder is what the reader knows.
  const reason = (error instanceof TenonError ? error.cause : error) as NodeJS.ErrnoException | undefined;
  const code = reason?.code;
  if (reason === undefined || code === undefined || !/^E[A-Z0-9]+$/.test(code)) return error;
  const kept = existsSync(target) ? ' What was saved there before is kept.' : '';
  return new TenonError(
    {
      subject: `saving ${target}`,
      expected: 'to write it whole',
      got: reason.message,
      advice: `${ADVICE[code] ?? 'Try again or save elsewhere.'}${kept}`,
    },
    { cause: reason },
  );
}
