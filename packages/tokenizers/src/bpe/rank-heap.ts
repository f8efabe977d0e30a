import { enlarge } from '../training/arrays.ts';

const POSITIONS = 2 ** 32;
const NONE = -1;

/**
 * A priority queue of (rank, position), lowest rank first and leftmost of equals; ranks below 2^21 fit the key.
 *
 * Positions of one rank mostly come from left to right. Such a run is chained behind its first position, and only that
 * one is in the heap: 100,000 equal letters are a heap of one.
 */
export class RankHeap {
  // The heap: a key of rank and position, and the entry that it belongs to.
  #keys = new Float64Array(256);
  #heads = new Int32Array(256);
  #size = 0;
  // Entries: a position, and the entry that follows in the run.
  #positions = new Int32Array(256);
  #followers = new Int32Array(256);
  #entries = 0;
  /** By rank: the last entry of the run that may grow. */
  #tails = new Int32Array(256).fill(NONE);
  #poppedRank = 0;

  /** How many runs there are; 0 where the queue is empty. */
  get size(): number {
    return this.#size;
  }

  /** The rank of the entry that `pop` returned last. */
  get poppedRank(): number {
    return this.#poppedRank;
  }

  push(rank: number, position: number): void {
    if (rank >= this.#tails.length) this.#reserveRank(rank);
    if (this.#entries === this.#positions.length) this.#reserveEntries();
    const entry = this.#entries++;
    this.#positions[entry] = position;
    this.#followers[entry] = NONE;
    const tail = this.#tails[rank]!;
    this.#tails[rank] = entry;
    if (tail !== NONE && this.#positions[tail]! < position) {
      this.#followers[tail] = entry;
      return;
    }
    const keys = this.#keys;
    const heads = this.#heads;
    const key = rank * POSITIONS + position;
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (keys[parent]! <= key) break;
      keys[at] = keys[parent]!;
      heads[at] = heads[parent]!;
      at = parent;
    }
    keys[at] = key;
    heads[at] = entry;
  }

  /** Removes the first entry and returns its position. */
  pop(): number {
    const first = this.#keys[0]!;
    const entry = this.#heads[0]!;
    const rank = Math.floor(first / POSITIONS);
    const position = first - rank * POSITIONS;
    this.#poppedRank = rank;
    const follower = this.#followers[entry]!;
    if (follower !== NONE) {
      this.#settle(first + (this.#positions[follower]! - position), follower);
    } else {
      if (this.#tails[rank] === entry) this.#tails[rank] = NONE;
      const last = --this.#size;
      if (last > 0) this.#settle(this.#keys[last]!, this.#heads[last]!);
      else this.#entries = 0;
    }
    return position;
  }

  /** Puts an entry where it belongs, from the top of the heap down. */
  #settle(key: number, entry: number): void {
    const keys = this.#keys;
    const heads = this.#heads;
    const size = this.#size;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && keys[child + 1]! < keys[child]!) child++;
      if (keys[child]! >= key) break;
      keys[at] = keys[child]!;
      heads[at] = heads[child]!;
      at = child;
    }
    keys[at] = key;
    heads[at] = entry;
  }

  #reserveRank(rank: number): void {
    const larger = new Int32Array(Math.max(rank + 1, this.#tails.length * 2)).fill(NONE);
    larger.set(this.#tails);
    this.#tails = larger;
  }

  /** There are never more in the heap than there are entries. */
  #reserveEntries(): void {
    const size = this.#positions.length * 2;
    this.#keys = enlarge(this.#keys, new Float64Array(size));
    this.#heads = enlarge(this.#heads, new Int32Array(size));
    this.#positions = enlarge(this.#positions, new Int32Array(size));
    this.#followers = enlarge(this.#followers, new Int32Array(size));
  }
}
