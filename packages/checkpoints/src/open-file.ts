import { closeSync, fstatSync, openSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { TenonError } from '@tenon/core';

/** A file of which pieces are read. */
export interface OpenFile {
  readonly size: number;
  /** `size` bytes from `place` on, in a buffer of their own. @throws {TenonError} when closed or cut off. */
  read(place: number, size: number): ArrayBuffer;
  /** The same, read by several threads at once: half the time of one for what is in the system's cache, on two cores. */
  readByThreads(place: number, size: number): Promise<ArrayBuffer>;
  close(): void;
}

/** What one call reads at most. Systems read 2 GB at most at a time. */
const MOST_BYTES = 2 ** 30;
/** What one thread reads at a time. */
const PIECE_BYTES = 2 ** 26;

const readSome = promisify(read);

/** @param kind what it should be, for messages. @throws {TenonError} when there is no such file. */
export function openFile(path: string, kind: string): OpenFile {
  const descriptor = opened(path, kind);
  let open = true;
  return {
    size: fstatSync(descriptor).size,
    read(place, size) {
      if (!open) throw closed(path);
      const bytes = new Uint8Array(size);
      for (let done = 0; done < size; ) {
        const count = readSync(descriptor, bytes, done, Math.min(size - done, MOST_BYTES), place + done);
        if (count === 0) throw cutOff(path, place, size, done);
        done += count;
      }
      return bytes.buffer;
    },
    async readByThreads(place, size) {
      if (!open) throw closed(path);
      const bytes = new Uint8Array(size);
      const piece = async (start: number): Promise<void> => {
        const end = Math.min(start + PIECE_BYTES, size);
        for (let done = start; done < end; ) {
          const { bytesRead } = await readSome(descriptor, bytes, done, end - done, place + done);
          if (bytesRead === 0) throw cutOff(path, place, size, done);
          done += bytesRead;
        }
      };
      const starts = Array.from({ length: Math.ceil(size / PIECE_BYTES) }, (_, i) => i * PIECE_BYTES);
      // All of them end before the file may be closed, also where one has failed.
      for (const outcome of await Promise.allSettled(starts.map(piece))) {
        if (outcome.status === 'rejected') throw outcome.reason;
      }
      return bytes.buffer;
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

function cutOff(path: string, place: number, size: number, done: number): TenonError {
  return new TenonError({
    subject: path,
    expected: `${size} bytes at byte ${place}`,
    got: `${done}, then the end of the file`,
    advice: 'Leave the file alone while it is read: something has cut it off.',
  });
}

function closed(path: string): TenonError {
  return new TenonError({
    subject: path,
    expected: 'an open file',
    got: 'a closed one',
    advice: 'Read the tensors before closing the file.',
  });
}
