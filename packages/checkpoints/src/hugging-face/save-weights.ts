import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { StateDict } from '@tenon/core';
import { saveError } from '../durable/save-error.ts';
import { syncFolder } from '../durable/sync.ts';
import { type StagedFile, stageFile, writeTextFile } from '../durable/write-file.ts';
import { safetensorsPieces } from '../safetensors/format.ts';
import { writeSafetensors } from '../write-safetensors.ts';
import { WEIGHTS } from './open-weights.ts';
import { SHARD_INDEX } from './shard-index.ts';
import { formatShardIndex, isShardName, shardName, splitShards } from './shards.ts';

/** Python's transformers wants to know who wrote the file. */
const METADATA = { format: 'pt' };

/**
 * Writes weights as `model.safetensors` or, where they are more than `limit` bytes, as several files and their index. All files
 * are written beside their places first; then they are renamed, the index last, and those of an older save removed.
 *
 * @throws {TenonError} with the system's reason, a full disk for instance; then the old files are kept.
 */
export async function saveWeights(folder: string, weights: StateDict, limit: number): Promise<void> {
  const shards = splitShards(weights, limit);
  if (shards.length === 1) {
    await writeSafetensors(join(folder, WEIGHTS), weights, METADATA);
    await removeStale(folder, new Set([WEIGHTS]));
    return;
  }
  const names = shards.map((_, place) => shardName(place, shards.length));
  const index = join(folder, SHARD_INDEX);
  const staged: StagedFile[] = [];
  try {
    for (const [place, shard] of shards.entries()) {
      staged.push(await stageFile(join(folder, names[place]!), safetensorsPieces(shard, METADATA)));
    }
    if (names.some((name) => existsSync(join(folder, name)))) {
      // The old index would take a mixture of old and new files for whole, if the process died between two renames.
      await rm(index, { force: true });
      await syncFolder(folder);
    }
    for (const file of staged) await file.commit();
    await syncFolder(folder);
  } catch (error) {
    throw saveError(join(folder, names[staged.length] ?? SHARD_INDEX), error);
  } finally {
    for (const file of staged) await file.release();
  }
  await writeTextFile(index, formatShardIndex(shards));
  await removeStale(folder, new Set([SHARD_INDEX, ...names]));
}

/** Removes what an older save has left under names that would be taken for this one's. */
async function removeStale(folder: string, written: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(folder)) {
    const isWeights = name === WEIGHTS || name === SHARD_INDEX || isShardName(name);
    if (isWeights && !written.has(name)) await rm(join(folder, name), { force: true });
  }
}
