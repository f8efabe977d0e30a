import { openFile } from './open-file.ts';
import { rememberRange } from './read-blocks.ts';
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
  const file = openFile(path, 'a safetensors file');
  const { size, read, close } = file;
  try {
    const start = new Uint8Array(read(0, Math.min(LENGTH_BYTES, size)));
    const length = headerLength(path, start, size);
    const data = LENGTH_BYTES + length;
    const { entries, metadata } = parseHeader(path, new Uint8Array(read(LENGTH_BYTES, length)), size - data);
    const weights = storedEntries(path, entries, ({ begin, end }) => read(data + begin, end - begin));
    for (const { name, dtype, begin, end } of entries) {
      if (dtype === 'float32')
        rememberRange(weights.get(name)!, { file, place: data + begin, size: end - begin });
    }
    return { weights, metadata, close, [Symbol.dispose]: close };
  } catch (error) {
    close();
    throw error;
  }
}
