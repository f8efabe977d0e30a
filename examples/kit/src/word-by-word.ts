import type { TaggedExample } from '@tenon/data';
import { mostFrequent } from './most-frequent.ts';

/** A baseline that sees no context: each word has the tag that it has most often, a new word the most frequent tag of all. */
export function wordByWord(
  train: readonly TaggedExample[],
  heldOut: readonly TaggedExample[],
): { readonly tags: readonly string[] }[] {
  const tagsOf = new Map<string, string[]>();
  for (const { words, tags } of train) {
    for (const [i, word] of words.entries()) {
      const known = tagsOf.get(word) ?? [];
      known.push(tags![i]!);
      tagsOf.set(word, known);
    }
  }
  const known = new Map([...tagsOf].map(([word, tags]) => [word, mostFrequent(tags)]));
  const unknown = mostFrequent(train.flatMap(({ tags }) => tags!));
  return heldOut.map(({ words }) => ({ tags: words.map((word) => known.get(word) ?? unknown) }));
}
