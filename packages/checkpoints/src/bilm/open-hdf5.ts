import { resolve } from 'node:path';
import { formatShape, type StateDict, type StoredTensor, TenonError } from '@tenon/core';
import type { Dataset, File, Group, Metadata } from 'h5wasm/node';
import { openFile } from '../open-file.ts';
import { type HDF5Library, hdf5Library } from './hdf5-library.ts';

/** An open HDF5 file. Its weights can be read until it is closed. */
export interface HDF5File {
  /** By their paths: `RNN_0/RNN/MultiRNNCell/Cell0/LSTMCell/W_0`. */
  readonly weights: StateDict;
  close(): void;
  [Symbol.dispose](): void;
}

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
/** Groups in groups: a damaged file may hold itself. */
const DEEPEST = 16;
const MOST_TENSORS = 10_000;
/** What a tensor may be larger than its file: compressed files exist, but a damaged size must not fill the memory. */
const ROOM = 2 ** 24;

/**
 * Opens an HDF5 file of float tensors in groups, as bilm writes its weights. Each tensor comes from disk when its
 * `read()` is called. Where a file is damaged, the HDF5 library writes its own account to the error output as well.
 *
 * @throws {TenonError} when the file is missing, damaged, or holds something other than float32 and float64 tensors.
 */
export async function openHDF5(path: string): Promise<HDF5File> {
  const size = sizeOfHDF5(path);
  const library = await hdf5Library();
  const file = attempt(path, () => new library.File(resolve(path), 'r'));
  if (file.file_id < 0n) throw damaged(path, 'one that the HDF5 library does not open');
  let open = true;
  const close = (): void => {
    if (open) file.close();
    open = false;
  };
  try {
    const weights: StateDict = new Map();
    for (const { name, dataset } of datasetsIn(path, file, library)) {
      if (weights.size >= MOST_TENSORS) throw damaged(path, `more than ${MOST_TENSORS} tensors`);
      const metadata = attempt(path, () => dataset.metadata);
      const shape = shapeOf(path, name, metadata, library, size + ROOM);
      weights.set(name, {
        dtype: 'float32',
        shape,
        read() {
          if (!open) throw closed(path);
          return readValues(path, file, name, metadata, library);
        },
      } satisfies StoredTensor);
    }
    return { weights, close, [Symbol.dispose]: close };
  } catch (error) {
    close();
    throw error;
  }
}

function sizeOfHDF5(path: string): number {
  const file = openFile(path, 'an HDF5 file');
  try {
    const start = new Uint8Array(file.read(0, Math.min(SIGNATURE.length, file.size)));
    if (SIGNATURE.every((byte, i) => start[i] === byte)) return file.size;
    throw new TenonError({
      subject: path,
      expected: 'an HDF5 file',
      got: `one that begins with the bytes ${[...start].join(' ') || 'of nothing'}`,
      advice: 'Check that it is the file with the weights, fetched whole.',
    });
  } finally {
    file.close();
  }
}

interface FoundDataset {
  readonly name: string;
  readonly dataset: Dataset;
}

/** The tensors of a group and of those in it. */
function* datasetsIn(
  path: string,
  group: File | Group,
  library: HDF5Library,
  prefix = '',
  depth = 0,
): Generator<FoundDataset> {
  if (depth > DEEPEST) throw damaged(path, `groups in groups, more than ${DEEPEST} deep`);
  for (const key of attempt(path, () => group.keys())) {
    const name = prefix + key;
    const entity = attempt(path, () => group.get(key));
    if (entity instanceof library.Dataset) yield { name, dataset: entity };
    else if (entity instanceof library.Group) {
      yield* datasetsIn(path, entity, library, `${name}/`, depth + 1);
    } else {
      const got = entity === null ? 'nothing' : entity.constructor.name;
      throw damaged(path, `${got} as ${name}, which is no tensor and no group of them`);
    }
  }
}

function shapeOf(
  path: string,
  name: string,
  metadata: Metadata,
  library: HDF5Library,
  mostBytes: number,
): readonly number[] {
  const { shape, size, type, virtual_sources } = metadata;
  const isFloat = type === library.Module.H5T_class_t.H5T_FLOAT.value && (size === 4 || size === 8);
  if (shape === null || !isFloat || virtual_sources !== undefined) {
    throw new TenonError({
      subject: `${path}, ${name}`,
      expected: 'a tensor of float32 or float64 in this file',
      got: `class ${type} of ${size} bytes`,
      advice: 'Check that it is a file of weights.',
    });
  }
  const bytes = shape.reduce((product, dimension) => product * Number(dimension), size);
  if (bytes <= mostBytes) return shape.map(Number);
  throw damaged(path, `${name} of shape ${formatShape(shape)}, which is more than the file can hold`);
}

function readValues(
  path: string,
  file: File,
  name: string,
  { size, total_size }: Metadata,
  { Module }: HDF5Library,
): Float32Array {
  const bytes = size * Number(total_size);
  // The library's own `value` does not say when reading failed.
  const place = Number(Module._malloc(Math.max(1, bytes)));
  try {
    const status = attempt(path, () =>
      Module.get_dataset_data(file.file_id, `/${name}`, null, null, null, BigInt(place)),
    );
    if (place === 0 || status < 0) throw damaged(path, `${name}, which cannot be read`);
    const copy = Module.HEAPU8.slice(place, place + bytes).buffer;
    return size === 4 ? new Float32Array(copy) : Float32Array.from(new Float64Array(copy));
  } finally {
    Module._free(place);
  }
}

/** The library throws errors of its own, and of its WebAssembly, about what it cannot read. */
function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw damaged(path, error instanceof Error ? error.message : String(error), error);
  }
}

function damaged(path: string, got: string, cause?: unknown): TenonError {
  return new TenonError(
    {
      subject: path,
      expected: 'a whole HDF5 file',
      got,
      advice: 'The file is damaged: fetch or save it again.',
    },
    { cause },
  );
}

function closed(path: string): TenonError {
  return new TenonError({
    subject: path,
    expected: 'an open file',
    got: 'a closed one',
    advice: 'Read the tensors before closing the file.',
  });
}
