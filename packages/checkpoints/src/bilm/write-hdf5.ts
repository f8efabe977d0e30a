import { resolve } from 'node:path';
import { type StateDict, type StoredTensor, TenonError } from '@tenon/core';
import { writeWhole } from '../durable/write-file.ts';
import { hdf5Library } from './hdf5-library.ts';
import { openHDF5 } from './open-hdf5.ts';

/**
 * Writes tensors to an HDF5 file, one after another: names with slashes lie in groups. With `bilmWeights` of
 * `@tenon/models` it is a file that bilm and AllenNLP load. It is never half-written.
 *
 * @throws {TenonError} with the system's reason, a full disk for instance; then the old file is kept.
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { storedTensor } from '@tenon/core';
 * import { openHDF5, writeHDF5 } from '@tenon/checkpoints/bilm';
 *
 * const path = join(mkdtempSync(join(tmpdir(), 'tenon-')), 'weights.hdf5');
 * await writeHDF5(path, new Map([['CNN/b_cnn_0', storedTensor(Float32Array.of(1, 2), [2])]]));
 * using file = await openHDF5(path);
 * console.log(file.weights.get('CNN/b_cnn_0')?.read()); // Float32Array(2) [ 1, 2 ]
 * ```
 */
export async function writeHDF5(path: string, weights: StateDict): Promise<void> {
  const library = await hdf5Library();
  await writeWhole(path, async (partial) => {
    const file = new library.File(resolve(partial), 'x');
    if (file.file_id < 0n) throw notWritten(path, 'none that the HDF5 library could make');
    try {
      for (const group of groupsOf(weights)) file.create_group(group);
      for (const [name, stored] of weights) {
        file.create_dataset({ name, data: floatsOf(stored), shape: [...stored.shape], dtype: '<f4' });
      }
      file.flush();
    } catch (error) {
      throw notWritten(path, String(error), error);
    } finally {
      file.close();
    }
    await assertWritten(path, partial, weights);
  });
}

/** Every group of the names, an outer one before those in it. */
function groupsOf(weights: StateDict): Set<string> {
  const groups = new Set<string>();
  for (const name of weights.keys()) {
    for (let end = name.indexOf('/'); end > 0; end = name.indexOf('/', end + 1))
      groups.add(name.slice(0, end));
  }
  return groups;
}

function floatsOf(stored: StoredTensor): Float32Array {
  const values = stored.read();
  return values instanceof Float32Array ? values : Float32Array.from(values);
}

/** The library does not say when writing a tensor failed, on a full disk for instance. */
async function assertWritten(path: string, partial: string, weights: StateDict): Promise<void> {
  using file = await openHDF5(partial);
  for (const [name, stored] of weights) {
    const found = file.weights.get(name);
    const same = found !== undefined && bytesOf(floatsOf(found)).equals(bytesOf(floatsOf(stored)));
    if (!same || found.shape.join() !== stored.shape.join()) {
      throw notWritten(path, `${found === undefined ? 'none' : 'another'} ${name}`);
    }
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

function notWritten(path: string, got: string, cause?: unknown): TenonError {
  return new TenonError(
    {
      subject: `saving ${path}`,
      expected: 'an HDF5 file with every tensor',
      got,
      advice: 'Check the names of the tensors and the room on the disk.',
    },
    { cause },
  );
}
