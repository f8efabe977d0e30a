import { type StateDict, TenonError } from '@tenon/core';
import { DTYPES } from './dtypes.ts';
import type { HeaderEntry } from './header.ts';

/**
 * The tensors of a header as a state dict that reads when asked.
 *
 * @param read gives the bytes from `begin` to `end` of the data, in a buffer of their own.
 */
export function storedEntries(
  subject: string,
  entries: readonly HeaderEntry[],
  read: (entry: HeaderEntry) => ArrayBuffer,
): StateDict {
  return new Map(
    entries.map((entry) => {
      const { name, dtype, shape } = entry;
      return [name, { dtype, shape, fresh: true, read: () => decoded(subject, entry, read(entry)) }];
    }),
  );
}

function decoded(
  subject: string,
  { name, dtype }: HeaderEntry,
  bytes: ArrayBuffer,
): Float32Array | Int32Array {
  try {
    return DTYPES[dtype].decode(bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new TenonError({
      subject: `${subject}: ${name}`,
      expected: 'integers within 32 bits',
      got: error.message,
      advice: 'TensorFlow.js has no wider integers: store smaller ones.',
    });
  }
}
