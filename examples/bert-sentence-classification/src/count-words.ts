import type { TextExample } from '@tenon/data';

/**
 * What comes of counting words alone: the share of the held-out examples that naive Bayes labels right. It knows how often
 * each word stands in texts of each label, and not in which order.
 */
export function countWords(train: readonly TextExample[], heldOut: readonly TextExample[]): number {
  const counts = new Map<TextExample['label'], { texts: number; words: Map<string, number> }>();
  for (const example of train) {
    const count = counts.get(example.label) ?? { texts: 0, words: new Map() };
    counts.set(example.label, count);
    count.texts++;
    for (const word of wordsOf(example)) count.words.set(word, (count.words.get(word) ?? 0) + 1);
  }
  const guess = (example: TextExample): TextExample['label'] => {
    const words = [...wordsOf(example)];
    const scores = [...counts].map(([label, { texts, words: known }]) => ({
      label,
      score: words.reduce(
        (sum, word) => sum + Math.log(((known.get(word) ?? 0) + 1) / (texts + 2)),
        Math.log(texts / train.length),
      ),
    }));
    return scores.reduce((best, other) => (other.score > best.score ? other : best)).label;
  };
  return heldOut.filter((example) => guess(example) === example.label).length / heldOut.length;
}

const wordsOf = ({ text }: TextExample): Set<string> => new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu));
