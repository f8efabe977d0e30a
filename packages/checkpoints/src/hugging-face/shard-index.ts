import { readFile, stat } from 'node:fs/promises';
import { TenonError } from '@tenon/core';
import { pathInside } from '../names-inside.ts';
import { duplicateKey } from '../safetensors/duplicate-key.ts';
import { readObject } from './read-object.ts';

export const SHARD_INDEX = 'model.safetensors.index.json';

/** Longer ones are not read: the name of every tensor of the largest models takes a hundredth of it. */
const MAXIMUM_INDEX = 100_000_000;

/**
 * Which file of a sharded checkpoint holds which tensors.
 *
 * @returns the names of the files, in the order in which the index first names them, and the tensors of each.
 * @throws {TenonError} when the index is damaged or names files outside the folder.
 */
export async function readShardIndex(folder: string): Promise<Map<string, string[]>> {
  const path = await pathInside(folder, SHARD_INDEX);
  const { size } = await stat(path);
  if (size > MAXIMUM_INDEX) throw damaged(path, `at most ${MAXIMUM_INDEX} bytes`, String(size));
  const text = await readFile(path, 'utf8');
  const { weight_map: map } = readObject(path, text);
  if (typeof map !== 'object' || map === null || Array.isArray(map)) {
    throw damaged(path, 'weight_map with a file for every tensor', 'none');
  }
  const twice = duplicateKey(text);
  if (twice !== undefined) throw damaged(path, 'every name once', `${twice} twice`);
  const shards = new Map<string, string[]>();
  for (const [tensor, file] of Object.entries(map)) {
    if (typeof file !== 'string') throw damaged(path, `a file name for ${tensor}`, JSON.stringify(file));
    const tensors = shards.get(file);
    if (tensors === undefined) shards.set(file, [tensor]);
    else tensors.push(tensor);
  }
  return shards;
}

function damaged(subject: string, expected: string, got: string): TenonError {
  return new TenonError({ subject, expected, got, advice: 'The file is damaged: fetch or save it again.' });
}
