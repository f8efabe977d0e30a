import { RandomStream } from '@tenon/core';

/**
 * Chance for a data set that is made by rules: the same seed throws the same.
 *
 * @example
 * ```ts
 * const dice = new Dice(42);
 * const greeting = `${dice.pick(['Good morning', 'Hello'])}${dice.chance(0.5) ? '!' : '.'}`;
 * ```
 */
export class Dice {
  readonly #random: RandomStream;

  constructor(seed: number) {
    this.#random = new RandomStream(seed);
  }

  /** From 0 up to but without `below`. */
  integer(below: number): number {
    return this.#random.next().integer(below);
  }

  /** True so often: .25 is one time in four. */
  chance(probability: number): boolean {
    return this.integer(2 ** 24) < probability * 2 ** 24;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.integer(items.length)]!;
  }

  /** The items in another order; the list itself stays as it is. */
  shuffle<Item>(items: readonly Item[]): Item[] {
    const shuffled = [...items];
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
    }
    return shuffled;
  }
}
