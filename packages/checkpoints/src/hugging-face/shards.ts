import { type StateDict, type StoredTensor, TenonError } from '@tenon/core';
import { DTYPES } from '../safetensors/dtypes.ts';

const UNITS: Readonly<Record<string, number>> = {
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** The bytes of a size such as `5GB` or `500 MiB`. @throws {TenonError} when it is none. */
export function byteCount(size: string | number): number {
  const [, digits, unit] = /^(\d+) ?([KMGT]i?B)$/.exec(String(size)) ?? [];
  const bytes = unit === undefined ? Number(size) : Number(digits) * UNITS[unit]!;
  if (Number.isFinite(bytes) && bytes >= 1) return bytes;
  throw new TenonError({
    subject: 'maxShardSize',
    expected: 'a number of bytes, or one with a unit',
    got: JSON.stringify(size),
    advice: "Pass '5GB', for instance.",
  });
}

/**
 * Splits weights, in their order, into parts of at most `limit` bytes. A tensor that is larger gets a part of its own.
 */
export function splitShards(weights: StateDict, limit: number): StateDict[] {
  const shards: StateDict[] = [];
  let current: StateDict = new Map();
  let size = 0;
  for (const [name, stored] of weights) {
    const bytes = bytesOf(stored);
    if (bytes > limit) {
      shards.push(new Map([[name, stored]]));
      continue;
    }
    if (size + bytes > limit) {
      shards.push(current);
      current = new Map();
      size = 0;
    }
    current.set(name, stored);
    size += bytes;
  }
  if (current.size > 0 || shards.length === 0) shards.push(current);
  return shards;
}

/** The names that transformers gives the files. */
export function shardName(place: number, count: number): string {
  const digits = (value: number): string => String(value).padStart(5, '0');
  return `model-${digits(place + 1)}-of-${digits(count)}.safetensors`;
}

/** Whether a file is a shard of some save. */
export function isShardName(name: string): boolean {
  return /^model-\d{5}-of-\d{5}\.safetensors$/.test(name);
}

/** The content of the index over the shards. */
export function formatShardIndex(shards: readonly StateDict[]): string {
  const stored = shards.flatMap((shard) => [...shard.values()]);
  const files = shards.flatMap((shard, place) =>
    [...shard.keys()].map((name) => [name, shardName(place, shards.length)] as const),
  );
  const metadata = {
    total_parameters: stored.reduce((sum, { shape }) => sum + valuesOf(shape), 0),
    total_size: stored.reduce((sum, tensor) => sum + bytesOf(tensor), 0),
  };
  const weight_map = Object.fromEntries(files.sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ metadata, weight_map }, null, 2)}\n`;
}

function bytesOf({ dtype, shape }: StoredTensor): number {
  return valuesOf(shape) * DTYPES[dtype].bytesPerValue;
}

function valuesOf(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}
