import { formatShape, type StateDict, type StoredTensor, TenonError } from '@tenon/core';
import { DTYPES } from './dtypes.ts';
import { formatHeader } from './header.ts';

/**
 * A safetensors file piece by piece: its header, then tensor by tensor, each read when its turn comes.
 * Wide dtypes come first, so that every tensor is aligned; otherwise the order stays.
 *
 * @throws {TenonError} when a tensor's values do not fit its shape or dtype.
 */
export function* safetensorsPieces(
  weights: StateDict,
  metadata: Readonly<Record<string, string>> = {},
): Generator<Uint8Array, void, undefined> {
  const width = ({ dtype }: StoredTensor): number => DTYPES[dtype].bytesPerValue;
  const ordered = new Map([...weights].sort(([, a], [, b]) => width(b) - width(a)));
  assertName(ordered);
  yield formatHeader(ordered, metadata);
  for (const [name, stored] of ordered) yield encoded(name, stored);
}

/** A whole safetensors file in memory. `writeSafetensors` of `@tenon/checkpoints` writes it to disk in pieces. */
export function formatSafetensors(
  weights: StateDict,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const pieces = [...safetensorsPieces(weights, metadata)];
  const bytes = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let place = 0;
  for (const piece of pieces) {
    bytes.set(piece, place);
    place += piece.length;
  }
  return bytes;
}

function assertName(weights: StateDict): void {
  if (!weights.has('__metadata__')) return;
  throw new TenonError({
    subject: 'safetensors',
    expected: 'tensor names',
    got: '__metadata__',
    advice: 'The format keeps this name for itself: choose another.',
  });
}

function encoded(name: string, { dtype, shape, read }: StoredTensor): Uint8Array {
  const values = read();
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  if (values.length !== size) {
    throw new TenonError({
      subject: `tensor ${name}`,
      expected: `${size} values for shape ${formatShape(shape)}`,
      got: String(values.length),
      advice: 'Give the shape that the values have.',
    });
  }
  try {
    return DTYPES[dtype].encode(values);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new TenonError({
      subject: `tensor ${name}`,
      expected: `values that fit ${dtype}`,
      got: error.message,
      advice: 'Store it in a wider dtype.',
    });
  }
}
