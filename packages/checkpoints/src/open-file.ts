import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { TenonError } from '@tenon/core';

/** A file of which pieces are read. */
export interface OpenFile {
  readonly size: number;
  /** `size` bytes from `place` on, in a buffer of their own. @throws {TenonError} when closed or cut off. */
  read(place: number, size: number): ArrayBuffer;
  close(): void;
}

/** @param kind what it should be, for messages. @throws {TenonError} when there is no such file. */
export function openFile(path: string, kind: string): OpenFile {
  const descriptor = opened(path, kind);
  let open = true;
  return {
    size: fstatSync(descriptor).size,
    read(place, size) {
      if (!open) throw closed(path);
      return readRange(path, descriptor, place, size);
    },
    close() {
      if (open) closeSync(descriptor);
      open = false;
    },
  };
}

function opened(path: string, kind: string): number {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    throw notAFile(path, kind, (error as Error).message, error);
  }
  if (fstatSync(descriptor).isFile()) return descriptor;
  closeSync(descriptor);
  throw notAFile(path, kind, 'a folder or a device');
}

function notAFile(path: string, kind: string, got: string, cause?: unknown): TenonError {
  return new TenonError(
    { subject: path, expected: kind, got, advice: 'Check the path and the rights.' },
    { cause },
  );
}

function readRange(path: string, descriptor: number, place: number, size: number): ArrayBuffer {
  const bytes = new Uint8Array(size);
  // One call may give less: systems read 2 GB at most at a time.
  for (let done = 0; done < size; ) {
    const count = readSync(descriptor, bytes, done, Math.min(size - done, 2 ** 30), place + done);
    if (count === 0) {
      throw new TenonError({
        subject: path,
        expected: `${size} bytes at byte ${place}`,
        got: `${done}, then the end of the file`,
        advice: 'Leave the file alone while it is read: something has cut it off.',
      });
    }
    done += count;
  }
  return bytes.buffer;
}

function closed(path: string): TenonError {
  return new TenonError({
    subject: path,
    expected: 'an open file',
    got: 'a closed one',
    advice: 'Read the tensors before closing the file.',
  });
}
