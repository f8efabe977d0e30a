import type { StateDict } from '@tenon/core';
import { headerLength, LENGTH_BYTES, parseHeader } from './header.ts';
import { storedEntries } from './stored.ts';

/** What a safetensors file holds. */
export interface Safetensors {
  /** In the order of the file. Every read gives a fresh array. */
  readonly weights: StateDict;
  /** The strings under `__metadata__`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads a safetensors file that is in memory. It works in browsers, too; `openSafetensors` of
 * `@tenon/checkpoints` reads from disk without holding the file.
 *
 * @param subject what the bytes are called in an error.
 * @throws {TenonError} when the bytes are no safetensors file or hold a dtype that is not read.
 * @example
 * ```ts
 * import { storedTensor } from '@tenon/core';
 * import { formatSafetensors, parseSafetensors } from '@tenon/checkpoints/safetensors';
 *
 * const bytes = formatSafetensors(new Map([['weight', storedTensor(Float32Array.of(1, 2), [2])]]));
 * console.log(parseSafetensors(bytes).weights.get('weight')?.read()); // Float32Array(2) [ 1, 2 ]
 * ```
 */
export function parseSafetensors(bytes: Uint8Array, subject = 'safetensors'): Safetensors {
  const length = headerLength(subject, bytes, bytes.length);
  const data = LENGTH_BYTES + length;
  const { entries, metadata } = parseHeader(subject, bytes.subarray(LENGTH_BYTES, data), bytes.length - data);
  const read = ({ begin, end }: { begin: number; end: number }): ArrayBuffer =>
    bytes.slice(data + begin, data + end).buffer as ArrayBuffer;
  return { weights: storedEntries(subject, entries, read), metadata };
}
