import { show, TokenizerError } from '../errors.ts';
import { mismatch } from './fields.ts';

/** Ids end here: an id is a row of an embedding, and a hostile file must not make us allocate gigabytes. */
const ID_LIMIT = 2 ** 21;

/** Reads `{ token: id, … }` and checks that ids are small integers, each used once. */
export function readVocabulary(value: unknown, path: string): Map<string, number> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw mismatch(path, 'an object of token: id', value);
  }
  const vocabulary = new Map<string, number>();
  const tokens = new Map<number, string>();
  for (const [token, id] of Object.entries(value)) {
    checkId(id, `${path}[${show(token)}]`);
    const other = tokens.get(id);
    if (other !== undefined) {
      throw new TokenizerError(
        `${path}: expected an id for each token, got ${id} for both ${show(other)} and ${show(token)}. ` +
          'Give each its own.',
      );
    }
    tokens.set(id, token);
    vocabulary.set(token, id);
  }
  if (vocabulary.size === 0) {
    throw new TokenizerError(`${path}: expected tokens, got none. Check that the file is complete.`);
  }
  return vocabulary;
}

export function checkId(id: unknown, path: string): asserts id is number {
  if (Number.isInteger(id) && (id as number) >= 0 && (id as number) < ID_LIMIT) return;
  throw new TokenizerError(
    `${path}: expected an integer from 0 to ${ID_LIMIT - 1} as id, got ${show(id)}. Correct the file.`,
  );
}

/** `{ token: id }` in the order of the ids. */
export function vocabularyObject(tokens: readonly (string | undefined)[]): Record<string, number> {
  const entries = tokens.flatMap((token, id) => (token === undefined ? [] : [[token, id] as const]));
  return Object.fromEntries(entries);
}
