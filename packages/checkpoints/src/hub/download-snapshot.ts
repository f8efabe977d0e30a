import { TenonError } from '@tenon/core';
import type { HubOptions } from './options.ts';
import { openRepository } from './repository.ts';

export interface SnapshotOptions extends HubOptions {
  /**
   * Which files: names in which `*` stands for anything, as Python's `allow_patterns` has them.
   * @default every file
   */
  readonly allowPatterns?: readonly string[];
}

/** The files that tokenizers are loaded from, for `allowPatterns`. */
export const tokenizerFiles: readonly string[] = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'vocab.json',
  'vocab.txt',
  'merges.txt',
  'tokenizer.model',
  'spiece.model',
  'chat_template.jinja',
  'chat_template.json',
];

/**
 * Fetches the files of a model's repository on the Hugging Face hub into the cache that is shared with Python.
 * What is there is not fetched again, a download that was broken off goes on where it was, and no file is there before
 * its checksum is right. Without network the cache serves.
 *
 * @param name the repository: `openai-community/gpt2`.
 * @returns the folder with the files.
 * @throws {TenonError} when there is no such repository, revision or file, the hub refuses it or cannot be reached and the cache
 *   does not have it, a checksum is wrong, or the disk is full.
 * @example
 * ```ts no-run
 * import { downloadSnapshot, tokenizerFiles } from '@tenon/checkpoints/hub';
 * import { loadTokenizer } from '@tenon/tokenizers/node';
 *
 * const folder = await downloadSnapshot('openai-community/gpt2', { allowPatterns: tokenizerFiles });
 * const tokenizer = await loadTokenizer(folder);
 * ```
 */
export async function downloadSnapshot(name: string, options: SnapshotOptions = {}): Promise<string> {
  const { allowPatterns = ['*'] } = options;
  const repository = await openRepository(name, options);
  const wanted = repository.files.filter((file) => allowPatterns.some((pattern) => matches(file, pattern)));
  if (wanted.length === 0) {
    throw new TenonError({
      subject: name,
      expected: `files that match ${allowPatterns.join(', ')}`,
      got: repository.files.join(', ') || 'none',
      advice: 'Change allowPatterns.',
    });
  }
  for (const file of wanted) await repository.fetch(file);
  return repository.folder;
}

function matches(file: string, pattern: string): boolean {
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`, 's').test(file);
}
