import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Json } from '@tenon/core';

/** One tensor of a reference implementation. */
export interface GoldenTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array | Uint8Array;
}

export type GoldenTensors = ReadonlyMap<string, GoldenTensor>;

const ARRAYS = { F32: Float32Array, I32: Int32Array, U8: Uint8Array } as const;

/**
 * Reads a golden safetensors file whole: 8 bytes with the length of the header, the header as JSON, the
 * values. (`@tenon/checkpoints` is what reads checkpoints; it is tested with the help of this.)
 */
export function readGoldenTensors(file: string): GoldenTensors {
  const bytes = readFileSync(file);
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, start)) as Record<
    string,
    { dtype: keyof typeof ARRAYS; shape: number[]; data_offsets: [number, number] }
  >;
  const tensors = new Map<string, GoldenTensor>();
  for (const [name, { dtype, shape, data_offsets }] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    // A copy, since views of four-byte numbers must begin at a multiple of four.
    const data = Uint8Array.from(bytes.subarray(start + data_offsets[0], start + data_offsets[1]));
    tensors.set(name, { shape, values: new ARRAYS[dtype](data.buffer) });
  }
  return tensors;
}

/** A folder of goldens: its JSON files and tensors are read when asked for. */
export interface GoldenCase {
  readonly folder: string;
  has(file: string): boolean;
  /** `json('config.json')` */
  json(file: string): Json;
  /** `tensors('golden.safetensors')` */
  tensors(file: string): GoldenTensors;
}

export function goldenCase(folder: string): GoldenCase {
  return {
    folder,
    has: (file) => existsSync(join(folder, file)),
    json: (file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Json,
    tensors: (file) => readGoldenTensors(join(folder, file)),
  };
}

/**
 * Where the goldens and data of the reference implementations lie: the environment variable
 * `TENON_SHARED`, else `shared` beside the repository that the tests run in.
 *
 * @returns `undefined` where there is none: a test then skips, and says so.
 */
export function sharedFolder(): string | undefined {
  const named = process.env['TENON_SHARED'];
  if (named !== undefined) return existsSync(named) ? resolve(named) : undefined;
  for (let folder = process.cwd(); ; folder = resolve(folder, '..')) {
    const beside = resolve(folder, '..', 'shared');
    if (existsSync(join(beside, 'goldens'))) return beside;
    if (folder === resolve(folder, '..')) return undefined;
  }
}
