import { TenonError } from '@tenon/core';

/** What occurs most often, the first of them where several do: what a baseline answers that knows no more than this. */
export function mostFrequent<Item>(items: Iterable<Item>): Item {
  const counts = new Map<Item, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  const [first] = [...counts].sort(([, a], [, b]) => b - a);
  if (first !== undefined) return first[0];
  const advice = 'Pass the labels of the training examples.';
  throw new TenonError({ subject: 'most frequent', expected: 'at least one item', got: 'none', advice });
}
