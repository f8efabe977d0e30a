// Files that cannot be read, or not as text: what is wrong with all of a file is no example's fault.

import { open } from 'node:fs/promises';
import { TenonError } from '@tenon/core';

export type FileHandle = Awaited<ReturnType<typeof open>>;

/** The error about the whole file: there is no example to leave out and go on after. */
export class FileFault extends TenonError {}

/**
 * Opens a file to read.
 *
 * @throws {FileFault} when there is none, or it may not be read.
 */
export async function openFile(file: string): Promise<FileHandle> {
  try {
    return await open(file);
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** What the system says of a file that cannot be read. */
export function unreadable(file: string, cause: unknown): FileFault {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  const reasons: Record<string, string> = {
    ENOENT: 'nothing at that path',
    ENOTDIR: 'a path through what is no folder',
    EISDIR: 'a folder',
    EACCES: 'no right to read it',
    ESPIPE: 'a pipe',
  };
  const advice =
    code === 'ESPIPE' ? 'Write it to a file first: it is read more than once.' : 'Check the path.';
  return new FileFault(
    { subject: file, expected: 'a file to read', got: reasons[code] ?? code, advice },
    { cause },
  );
}

/** What files begin with that are no UTF-8 text, though often taken for it. */
const MARKS: readonly { readonly bytes: readonly number[]; readonly got: string; readonly advice: string }[] =
  [
    { bytes: [0x1f, 0x8b], got: 'a gzip file', advice: 'Unpack it first, with gunzip for instance.' },
    {
      bytes: [0x28, 0xb5, 0x2f, 0xfd],
      got: 'a Zstandard file',
      advice: 'Unpack it first, with unzstd for instance.',
    },
    {
      bytes: [0x50, 0x4b, 3, 4],
      got: 'a zip file, as workbooks are',
      advice: 'Unpack it first, or save the sheet as CSV.',
    },
    { bytes: [0xff, 0xfe], got: 'a mark of UTF-16', advice: 'Save the file as UTF-8.' },
    { bytes: [0xfe, 0xff], got: 'a mark of UTF-16', advice: 'Save the file as UTF-8.' },
  ];

/** @throws {FileFault} when a file's first bytes say that it is no UTF-8 text. */
export function assertText(file: string, beginning: Buffer): void {
  const mark = MARKS.find(({ bytes }) => bytes.every((byte, i) => beginning[i] === byte));
  if (mark === undefined) return;
  throw new FileFault({ subject: file, expected: 'UTF-8 text', got: mark.got, advice: mark.advice });
}

/** The error of a file that has other bytes than before, where those that are left are not its rest. */
export function changed(file: string, expected: string, got: string): FileFault {
  const advice = 'Leave it as it is until the run has ended.';
  return new FileFault({ subject: file, expected, got, advice });
}

/** The error of a file to learn from that has nothing in it. */
export function nothingIn(file: string, bytes: number): FileFault {
  return new FileFault({
    subject: file,
    expected: 'at least one example',
    got: bytes === 0 ? 'an empty file' : 'none',
    advice: 'Check that it is the right file, and that it was written to its end.',
  });
}
