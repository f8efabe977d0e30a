import { show, TokenizerError } from '../errors.ts';
import { tokensById } from '../models/word-model.ts';
import { PairTable } from './pair-table.ts';

/**
 * The merges of a vocabulary, as ids.
 *
 * @param prefixLength length of what a token within a word begins with, which merging takes away (`##`)
 * @param tokens the vocabulary by id
 * @throws TokenizerError for a merge of tokens that the vocabulary lacks, and for one that is there twice
 */
export function mergeTable(
  vocabulary: ReadonlyMap<string, number>,
  merges: readonly (readonly [left: string, right: string])[],
  prefixLength = 0,
  tokens: readonly (string | undefined)[] = tokensById(vocabulary),
): PairTable {
  const pairs = new PairTable(merges.length);
  let next = 0; // trainers number merged tokens in the order of the merges, which saves most of the looking up
  for (const [rank, [a, b]] of merges.entries()) {
    const left = vocabulary.get(a);
    const right = vocabulary.get(b);
    const guessed = prefixLength === 0 && isJoined(tokens[next], a, b);
    const merged = guessed ? next : vocabulary.get(a + b.slice(prefixLength));
    if (left === undefined || right === undefined || merged === undefined) {
      const missing = [a, b, a + b.slice(prefixLength)].find((token) => !vocabulary.has(token));
      throw new TokenizerError(
        `merges[${rank}] = ${show(a)} + ${show(b)}: expected tokens of the vocabulary, got ${show(missing)}, ` +
          'which it lacks. Load the vocabulary and the merges of one and the same tokenizer.',
      );
    }
    next = merged + 1;
    if (!pairs.add(left, right, merged)) {
      throw new TokenizerError(
        `merges[${rank}]: expected each pair once, got ${show(a)} + ${show(b)} again. Remove the repetition.`,
      );
    }
  }
  return pairs;
}

function isJoined(token: string | undefined, left: string, right: string): boolean {
  if (token === undefined || token.length !== left.length + right.length) return false;
  return token.startsWith(left) && token.endsWith(right);
}
