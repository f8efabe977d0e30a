// Finds the cases in a folder: a folder with meta.json is one, or with what run_squad.py makes, and so is a JSON file that
// names its family and kind, or holds learned merges or words with their characters, and a file of JSON lines.
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { type Json, TenonError } from '@tenon/core';
import { Facts, isObject, readJson } from './facts.ts';
import { GoldenCase } from './golden-case.ts';

export interface Discovery {
  readonly cases: GoldenCase[];
  /** What could not be read as a case, with the reason. */
  readonly broken: { readonly label: string; readonly reason: string }[];
  /** Folders with a META.json that no `family` field describes. */
  readonly undescribed: string[];
}

/** @throws {TenonError} when `folder` is not a folder or holds nothing. */
export async function discover(folder: string): Promise<Discovery> {
  if (!existsSync(folder) || !(await stat(folder)).isDirectory()) {
    throw new TenonError({
      subject: 'goldens folder',
      expected: 'a folder of golden cases',
      got: existsSync(folder) ? `the file ${folder}` : `${folder}, which does not exist`,
      advice: 'Pass one case, one family or the folder of all of them: npm run goldens -- FOLDER.',
    });
  }
  const found: Discovery = { cases: [], broken: [], undescribed: [] };
  await search(folder, folder, found);
  if (found.cases.length + found.broken.length + found.undescribed.length === 0) {
    throw new TenonError({
      subject: 'goldens folder',
      expected: 'a meta.json, or a JSON file with family and kind, somewhere below',
      got: `no case in ${folder}`,
      advice: 'Pass one case, one family or the folder of all of them: npm run goldens -- FOLDER.',
    });
  }
  return found;
}

async function search(folder: string, root: string, found: Discovery): Promise<void> {
  const entries = (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
  const names = entries.map((entry) => entry.name);
  if (names.includes('meta.json')) {
    await add(folder, join(folder, 'meta.json'), root, found);
    return; // What lies in a case belongs to the case.
  }
  if (names.includes('META.json') && names.includes('features_eval.json')) {
    await add(folder, join(folder, 'META.json'), root, found, { family: 'squad', kind: 'run_squad' });
    return;
  }
  const hasLines = names.some((name) => name.endsWith('.jsonl'));
  if (names.includes('META.json') && !hasLines) found.undescribed.push(labelOf(folder, root));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await search(path, root, found);
    else if (entry.name.endsWith('.jsonl')) found.cases.push(tokenizerCase(path, root, {}, 'lines'));
    else if (entry.name.endsWith('.json')) await addSingleFile(path, root, found);
  }
}

async function addSingleFile(file: string, root: string, found: Discovery): Promise<void> {
  try {
    const json = await readJson(file);
    if (isObject(json) && 'family' in json)
      found.cases.push(new GoldenCase(file, labelOf(file, root), new Facts(file, json)));
    else if (isObject(json) && 'oracle' in json && 'merges' in json)
      found.cases.push(tokenizerCase(file, root, json, 'learned merges'));
    else if (isCharacterIds(json)) {
      const facts = new Facts(file, { family: 'elmo', kind: 'character ids', words: json });
      found.cases.push(new GoldenCase(file, labelOf(file, root), facts));
    }
  } catch (error) {
    found.broken.push({ label: labelOf(file, root), reason: messageOf(error) });
  }
}

/** ELMo's file of words does not say what it is either. */
function isCharacterIds(json: Json): boolean {
  return Array.isArray(json) && json.length > 0 && json.every((item) => isObject(item) && 'char_ids' in item);
}

/** The files of tokenizers do not say what they are: lines of expectations, and merges that some program learned. */
function tokenizerCase(file: string, root: string, json: { [name: string]: Json }, kind: string): GoldenCase {
  return new GoldenCase(file, labelOf(file, root), new Facts(file, { ...json, family: 'tokenizers', kind }));
}

/** @param known what the case is, where its file does not say it. */
async function add(
  path: string,
  file: string,
  root: string,
  found: Discovery,
  known: { readonly [name: string]: Json } = {},
): Promise<void> {
  try {
    const json = await readJson(file);
    const facts = new Facts(file, isObject(json) ? { ...known, ...json } : json);
    found.cases.push(new GoldenCase(path, labelOf(path, root), facts));
  } catch (error) {
    found.broken.push({ label: labelOf(path, root), reason: messageOf(error) });
  }
}

/** The path below the searched folder with that folder's own name before it, in forward slashes. */
function labelOf(path: string, root: string): string {
  return [basename(root), ...relative(root, path).split(sep)].filter((part) => part !== '').join('/');
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
