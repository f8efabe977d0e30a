import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type StateDict, TenonError } from '@tenon/core';
import { pathInside } from '../names-inside.ts';
import { openSafetensors, type SafetensorsFile } from '../open-safetensors.ts';
import { readShardIndex, SHARD_INDEX } from './shard-index.ts';

export const WEIGHTS = 'model.safetensors';

/** A model folder's weights, open until they are closed. */
export interface OpenWeights {
  /** The file, or the index of several. */
  readonly path: string;
  /** The tensors of all files. Each is read from disk when asked for. */
  readonly weights: StateDict;
  close(): void;
  [Symbol.dispose](): void;
}

/**
 * Opens the weights of a folder in Hugging Face's layout: `model.safetensors`, or several files and
 * `model.safetensors.index.json`. Where both are there, the one file counts, as in transformers.
 *
 * @throws {TenonError} when there are none, only in a form that is not read, damaged, or outside the folder; about shards,
 *   one error names every one that is missing or lacks a tensor.
 */
export async function openWeights(folder: string): Promise<OpenWeights> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw noWeights(folder, (error as Error).message);
  });
  if (names.includes(WEIGHTS)) {
    const path = await pathInside(folder, WEIGHTS);
    const { weights, close } = openSafetensors(path);
    return { path, weights, close, [Symbol.dispose]: close };
  }
  if (names.includes(SHARD_INDEX)) return openShards(folder);
  const others = names.filter((name) => /\.(safetensors|bin|pt|h5|msgpack)$/.test(name));
  throw noWeights(folder, others.length > 0 ? others.join(', ') : 'none');
}

async function openShards(folder: string): Promise<OpenWeights> {
  const index = join(folder, SHARD_INDEX);
  const shards = await readShardIndex(folder);
  const paths = new Map<string, string>();
  for (const file of shards.keys()) paths.set(file, await pathInside(folder, file));
  const missing = [...paths].filter(([, path]) => !existsSync(path)).map(([file]) => file);
  if (missing.length > 0) {
    const expected = `the ${shards.size} files that it names`;
    throw incomplete(index, expected, `${shards.size - missing.length} without ${missing.join(', ')}`);
  }

  const open: SafetensorsFile[] = [];
  const close = (): void => {
    for (const file of open) file.close();
  };
  try {
    const weights: StateDict = new Map();
    const holder = new Map<string, string>();
    const twice: string[] = [];
    for (const [file, path] of paths) {
      const shard = openSafetensors(path);
      open.push(shard);
      for (const [name, stored] of shard.weights) {
        if (holder.has(name)) twice.push(`${name} in ${holder.get(name)} and ${file}`);
        holder.set(name, file);
        weights.set(name, stored);
      }
    }
    if (twice.length > 0) throw incomplete(index, 'every tensor in one file', twice.join(', '));
    const lacking = [...shards].flatMap(([file, tensors]) =>
      tensors.filter((name) => holder.get(name) !== file).map((name) => `no ${name} in ${file}`),
    );
    if (lacking.length > 0) throw incomplete(index, 'every tensor in the file it names', lacking.join(', '));
    return { path: index, weights, close, [Symbol.dispose]: close };
  } catch (error) {
    close();
    throw error;
  }
}

function incomplete(subject: string, expected: string, got: string): TenonError {
  return new TenonError({
    subject,
    expected,
    got,
    advice: 'The files are not those of one save: fetch or save all of them again.',
  });
}

function noWeights(folder: string, got: string): TenonError {
  return new TenonError({
    subject: folder,
    expected: `the weights as ${WEIGHTS}`,
    got,
    advice: 'In Python, transformers writes it: model.save_pretrained(folder).',
  });
}
