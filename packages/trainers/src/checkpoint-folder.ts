import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { recoverFolder, writeFolder, writeTextFile } from '@tenon/checkpoints';
import type { Json } from '@tenon/core';
import type { BestEvaluation } from './best-model.ts';
import type { Evaluation } from './evaluate.ts';

/** What a run needs to know, beside tensors, to go on as if it had never stopped. */
export interface RunRecord {
  readonly step: number;
  readonly seed: number;
  /** The batch source's place. */
  readonly position: Json;
  readonly batchesTaken: number;
  /** The last step's. */
  readonly loss?: number;
  readonly evaluation?: Evaluation & { readonly step: number };
  readonly best?: BestEvaluation;
  /** The losses since the last log: their sum, and how many they are. */
  readonly unlogged?: { readonly loss: number; readonly steps: number };
  /** The callbacks' states by their names. */
  readonly callbacks?: Readonly<Record<string, Json>>;
  /** What the caller said that the run is. */
  readonly identity: Json;
}

/** A checkpoint that is whole. */
export interface FoundCheckpoint {
  readonly folder: string;
  readonly record: RunRecord;
}

interface RecordFile extends RunRecord {
  readonly format: typeof FORMAT;
  /** SHA-256 of the other files in the folder. */
  readonly files: Readonly<Record<string, string>>;
}

const FORMAT = 'tenon-training-run-1';
const RECORD = 'trainer.json';
const STEP_FOLDER = /^step-(\d{8,})$/;

export function checkpointFolder(root: string, step: number): string {
  return join(root, `step-${String(step).padStart(8, '0')}`);
}

/** Writes a checkpoint that appears in one piece or not at all, and gives its folder. */
export async function writeCheckpoint(
  root: string,
  record: RunRecord,
  writeTensors: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = checkpointFolder(root, record.step);
  await writeFolder(folder, async (temporary) => {
    await writeTensors(temporary);
    const files: Record<string, string> = {};
    for (const name of readdirSync(temporary).sort()) files[name] = await sha256(join(temporary, name));
    const content: RecordFile = { format: FORMAT, ...record, files };
    await writeTextFile(join(temporary, RECORD), `${JSON.stringify(content, writtenNumber, 2)}\n`);
  });
  return folder;
}

/**
 * The newest checkpoint that is whole. Damaged ones that are newer are put aside as `*.damaged`, so that
 * they take nobody's place, and reported.
 */
export async function newestCheckpoint(
  root: string,
  onDamaged: (folder: string, reason: string) => Promise<void>,
): Promise<FoundCheckpoint | undefined> {
  for (const folder of checkpointFolders(root)) {
    const read = await readRecord(folder);
    if (typeof read !== 'string') return { folder, record: read };
    rmSync(`${folder}.damaged`, { recursive: true, force: true });
    renameSync(folder, `${folder}.damaged`);
    await onDamaged(folder, read);
  }
  return undefined;
}

/** The folders of checkpoints, the newest first. */
export function checkpointFolders(root: string): string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .filter((name) => STEP_FOLDER.test(name))
    .sort((a, b) => Number(STEP_FOLDER.exec(b)![1]) - Number(STEP_FOLDER.exec(a)![1]))
    .map((name) => join(root, name));
}

/** Puts a checkpoint in place that a killed process was about to put there, and deletes what is left of unfinished ones. */
export async function removeUnfinished(root: string): Promise<void> {
  if (!existsSync(root)) return;
  for (const name of readdirSync(root)) {
    const replaced = /^\.(step-\d+)\.(?:complete|previous)$/.exec(name)?.[1];
    if (replaced !== undefined) await recoverFolder(join(root, replaced));
  }
  for (const name of readdirSync(root)) {
    if (name.startsWith('.step-')) rmSync(join(root, name), { recursive: true });
  }
}

/** Deletes all checkpoints but the best one and the newest, `keep` in all; the newest and the best stay in any case. */
export function pruneCheckpoints(root: string, keep: number, best?: string): void {
  const others = checkpointFolders(root).filter((folder) => folder !== best);
  const newestIsBest = best !== undefined && checkpointFolders(root)[0] === best;
  const room = Math.max(best === undefined ? keep : keep - 1, newestIsBest ? 0 : 1);
  for (const folder of others.slice(room)) rmSync(folder, { recursive: true });
}

/** JSON has no NaN and no infinity, as the correlation of equal numbers or the perplexity of a bad model is. */
const NUMBER = '$number';

const writtenNumber = (_: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? { [NUMBER]: String(value) } : value;

const readNumber = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && NUMBER in value ? Number(value[NUMBER]) : value;

/** The record, or what is wrong with the folder. */
export async function readRecord(folder: string): Promise<RunRecord | string> {
  let content: Partial<RecordFile>;
  try {
    content = JSON.parse(readFileSync(join(folder, RECORD), 'utf8'), readNumber);
  } catch (error) {
    return `${RECORD} cannot be read: ${(error as Error).message}`;
  }
  const { format, files, ...record } = content;
  if (format !== FORMAT || files === undefined) return `${RECORD} is not of the format ${FORMAT}`;
  for (const [name, expected] of Object.entries(files)) {
    const file = join(folder, name);
    if (!existsSync(file)) return `${name} is missing`;
    if ((await sha256(file)) !== expected) return `${name} is not as it was written`;
  }
  return record as RunRecord; // written by writeCheckpoint, as the format says
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
