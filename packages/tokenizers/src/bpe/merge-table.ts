import { show, TokenizerError } from '../errors.ts';
import { PairTable } from './pair-table.ts';

/**
 * The merges of a vocabulary, as ids.
 *
 * @param prefixLength length of what a token within a word begins with, which merging takes away (`##`)
 * @throws TokenizerError for a merge of tokens that the vocabulary lacks, and for one that is there twice
 */
export function mergeTable(
  vocabulary: ReadonlyMap<string, number>,
  merges: readonly (readonly [left: string, right: string])[],
  prefixLength = 0,
): PairTable {
  const pairs = new PairTable(merges.length);
  for (const [rank, [a, b]] of merges.entries()) {
    const left = vocabulary.get(a);
    const right = vocabulary.get(b);
    const merged = vocabulary.get(a + b.slice(prefixLength));
    if (left === undefined || right === undefined || merged === undefined) {
      const missing = [a, b, a + b.slice(prefixLength)].find((token) => !vocabulary.has(token));
      throw new TokenizerError(
        `merges[${rank}] = ${show(a)} + ${show(b)}: expected tokens of the vocabulary, got ${show(missing)}, ` +
          'which it lacks. Load the vocabulary and the merges of one and the same tokenizer.',
      );
    }
    if (!pairs.add(left, right, rank, merged)) {
      throw new TokenizerError(
        `merges[${rank}]: expected each pair once, got ${show(a)} + ${show(b)} again. Remove the repetition.`,
      );
    }
  }
  return pairs;
}
