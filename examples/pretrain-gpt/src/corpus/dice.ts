import { RandomKey } from '@tenon/core';

const BLOCK = 256;

/** The choices of one story: the same seed and story number always fall the same way. */
export class Dice {
  readonly #seed: number;
  readonly #story: number;
  #block = 0;
  #words: Uint32Array = new Uint32Array(0);
  #used = 0;

  constructor(seed: number, story: number) {
    this.#seed = seed;
    this.#story = story;
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.#share() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.#share() < probability;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.whole(0, list.length - 1)]!;
  }

  /** `count` different entries in random order. */
  sample<T>(list: readonly T[], count: number): T[] {
    const pool = [...list];
    for (let i = 0; i < count; i++) {
      const other = this.whole(i, pool.length - 1);
      [pool[i], pool[other]] = [pool[other]!, pool[i]!];
    }
    return pool.slice(0, count);
  }

  #share(): number {
    if (this.#used === this.#words.length) {
      this.#words = new RandomKey(this.#seed, this.#story, this.#block++).bits(BLOCK);
      this.#used = 0;
    }
    return this.#words[this.#used++]! * 2 ** -32;
  }
}
