import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { TenonError } from '@tenon/core';
import { headerLength, LENGTH_BYTES, parseHeader } from './safetensors/header.ts';
import type { Safetensors } from './safetensors/parse.ts';
import { storedEntries } from './safetensors/stored.ts';

/** An open safetensors file. Its weights can be read until it is closed. */
export interface SafetensorsFile extends Safetensors {
  close(): void;
  [Symbol.dispose](): void;
}

/**
 * Opens a safetensors file. Only the header is read now; each tensor comes from disk when its `read()` is
 * called, into the one array that is handed out.
 *
 * @throws {TenonError} when the file is missing, damaged, or holds a dtype that is not read.
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { storedTensor } from '@tenon/core';
 * import { openSafetensors, writeSafetensors } from '@tenon/checkpoints';
 *
 * const path = join(mkdtempSync(join(tmpdir(), 'tenon-')), 'weights.safetensors');
 * await writeSafetensors(path, new Map([['weight', storedTensor(Float32Array.of(1, 2), [2])]]));
 * using file = openSafetensors(path);
 * console.log(file.weights.get('weight')?.read()); // Float32Array(2) [ 1, 2 ]
 * ```
 */
export function openSafetensors(path: string): SafetensorsFile {
  const descriptor = opened(path);
  let open = true;
  const close = (): void => {
    if (open) closeSync(descriptor);
    open = false;
  };
  const read = (place: number, size: number): ArrayBuffer => {
    if (!open) throw closed(path);
    return readRange(path, descriptor, place, size);
  };
  try {
    const { size } = fstatSync(descriptor);
    const start = new Uint8Array(read(0, Math.min(LENGTH_BYTES, size)));
    const length = headerLength(path, start, size);
    const data = LENGTH_BYTES + length;
    const { entries, metadata } = parseHeader(path, new Uint8Array(read(LENGTH_BYTES, length)), size - data);
    const weights = storedEntries(path, entries, ({ begin, end }) => read(data + begin, end - begin));
    return { weights, metadata, close, [Symbol.dispose]: close };
  } catch (error) {
    close();
    throw error;
  }
}

function opened(path: string): number {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    throw notAFile(path, (error as Error).message, error);
  }
  if (fstatSync(descriptor).isFile()) return descriptor;
  closeSync(descriptor);
  throw notAFile(path, 'a folder or a device');
}

function notAFile(path: string, got: string, cause?: unknown): TenonError {
  return new TenonError(
    { subject: path, expected: 'a safetensors file', got, advice: 'Check the path and the rights.' },
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
