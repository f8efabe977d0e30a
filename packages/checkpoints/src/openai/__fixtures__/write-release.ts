// Writes what OpenAI's training program would have released.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** An npy file with this header and these bytes. */
export function npy(header: string, data: Uint8Array, version = 1): Uint8Array {
  const lengthBytes = version === 1 ? 2 : 4;
  const text = Buffer.from(header, 'latin1');
  const start = Buffer.alloc(8 + lengthBytes);
  start.write('\x93NUMPY', 'latin1');
  start[6] = version;
  if (version === 1) start.writeUInt16LE(text.length, 8);
  else start.writeUInt32LE(text.length, 8);
  return Buffer.concat([start, text, data]);
}

/** The header of a list of float32 numbers, padded as numpy pads it. */
export function npyHeader(shape: string): string {
  return `${`{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117)}\n`;
}

export interface ReleasedArray {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** The arrays one after another, cut into pieces of nearly the same size. */
export function writeRelease(folder: string, arrays: readonly ReleasedArray[], pieces = 10): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'params_shapes.json'), JSON.stringify(arrays.map(({ shape }) => shape)));
  const all = Float32Array.from(arrays.flatMap(({ values }) => [...values]));
  const size = Math.ceil(all.length / pieces);
  for (let piece = 0; piece < pieces; piece++) {
    const part = all.slice(piece * size, (piece + 1) * size);
    const file = npy(npyHeader(`(${part.length},)`), new Uint8Array(part.buffer));
    writeFileSync(join(folder, `params_${piece}.npy`), file);
  }
}
