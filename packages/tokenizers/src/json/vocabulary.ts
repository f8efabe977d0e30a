import { show, TokenizerError } from '../errors.ts';
import { mismatch } from './fields.ts';

/** Ids end here: an id is a row of an embedding, and a hostile file must not make us allocate gigabytes. */
const ID_LIMIT = 2 ** 21;

/** Reads `{ token: id, … }` and checks that ids are small integers, each used once. */
export function readVocabulary(value: unknown, path: string): Map<string, number> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw mismatch(path, 'an object of token: id', value);
  }
  const collected = new VocabularyBuilder(path);
  for (const token in value) {
    if (Object.hasOwn(value, token)) collected.add(token, Reflect.get(value, token));
  }
  return collected.finish();
}

/** Collects tokens and ids, and checks that ids are small integers and that each is there once. */
export class VocabularyBuilder {
  readonly #path: string;
  readonly #vocabulary = new Map<string, number>();
  readonly #tokens: (string | undefined)[] = [];
  #added = 0;

  constructor(path: string) {
    this.#path = path;
  }

  add(token: string, id: unknown): void {
    if (!isId(id)) checkId(id, `${this.#path}[${show(token)}]`);
    const other = this.#tokens[id];
    if (other !== undefined) {
      throw new TokenizerError(
        `${this.#path}: expected an id for each token, got ${id} for both ${show(other)} and ${show(token)}. ` +
          'Give each its own.',
      );
    }
    this.#tokens[id] = token;
    this.#vocabulary.set(token, id);
    this.#added++;
  }

  finish(): Map<string, number> {
    if (this.#added > this.#vocabulary.size) {
      const token = this.#tokens.find((one, id) => one !== undefined && this.#vocabulary.get(one) !== id);
      throw new TokenizerError(
        `${this.#path}: expected each token once, got ${show(token)} again. Remove the repetition.`,
      );
    }
    if (this.#vocabulary.size > 0) return this.#vocabulary;
    throw new TokenizerError(`${this.#path}: expected tokens, got none. Check that the file is complete.`);
  }
}

function isId(id: unknown): id is number {
  return typeof id === 'number' && Number.isInteger(id) && id >= 0 && id < ID_LIMIT;
}

export function checkId(id: unknown, path: string): asserts id is number {
  if (isId(id)) return;
  throw new TokenizerError(
    `${path}: expected an integer from 0 to ${ID_LIMIT - 1} as id, got ${show(id)}. Correct the file.`,
  );
}

/** `{ token: id }` in the order of the ids. */
export function vocabularyObject(tokens: readonly (string | undefined)[]): Record<string, number> {
  const entries = tokens.flatMap((token, id) => (token === undefined ? [] : [[token, id] as const]));
  return Object.fromEntries(entries);
}
