import { TenonError } from '@tenon/core';

/**
 * So many that differ from each other and from those in `taken`, which they join: two calls with the same set share nothing.
 *
 * @param draw makes one by chance
 * @param keyOf what may not be there twice
 * @throws {TenonError} when chance does not find so many.
 */
export function distinct<Item>(
  count: number,
  draw: (index: number) => Item,
  keyOf: (item: Item) => string,
  taken: Set<string>,
): Item[] {
  const items: Item[] = [];
  for (let tries = 0; items.length < count; tries++) {
    if (tries >= 100 * count) {
      const advice = 'Ask for fewer, or give the rules more to choose from.';
      throw new TenonError({
        subject: 'distinct',
        expected: `${count} of them`,
        got: String(items.length),
        advice,
      });
    }
    const item = draw(items.length);
    const key = keyOf(item);
    if (taken.has(key)) continue;
    taken.add(key);
    items.push(item);
  }
  return items;
}
