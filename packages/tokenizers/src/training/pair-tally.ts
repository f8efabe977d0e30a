import { hashPair } from '../bpe/pair-table.ts';
import { enlarge } from './arrays.ts';

const FREE = -1;

/** Pairs of symbols with the sum of their counts and how often they were added: a hash table, filled once. */
export class PairTally {
  left: Int32Array = new Int32Array(1 << 10);
  right: Int32Array = new Int32Array(1 << 10);
  count: Float64Array = new Float64Array(1 << 10);
  occurrences: Int32Array = new Int32Array(1 << 10);
  #slots = new Int32Array(1 << 11).fill(FREE);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  clear(): void {
    this.#slots.fill(FREE);
    this.#size = 0;
  }

  add(left: number, right: number, count: number): void {
    const last = this.#slots.length - 1;
    let slot = hashPair(left, right) & last;
    for (; this.#slots[slot] !== FREE; slot = (slot + 1) & last) {
      const pair = this.#slots[slot]!;
      if (this.left[pair] === left && this.right[pair] === right) {
        this.count[pair]! += count;
        this.occurrences[pair]!++;
        return;
      }
    }
    const pair = this.#size++;
    this.#slots[slot] = pair;
    this.left[pair] = left;
    this.right[pair] = right;
    this.count[pair] = count;
    this.occurrences[pair] = 1;
    if (this.#size * 2 >= this.#slots.length) this.#grow();
  }

  #grow(): void {
    const capacity = this.#slots.length;
    this.left = enlarge(this.left, new Int32Array(capacity));
    this.right = enlarge(this.right, new Int32Array(capacity));
    this.count = enlarge(this.count, new Float64Array(capacity));
    this.occurrences = enlarge(this.occurrences, new Int32Array(capacity));
    this.#slots = new Int32Array(capacity * 2).fill(FREE);
    const last = this.#slots.length - 1;
    for (let pair = 0; pair < this.#size; pair++) {
      let slot = hashPair(this.left[pair]!, this.right[pair]!) & last;
      while (this.#slots[slot] !== FREE) slot = (slot + 1) & last;
      this.#slots[slot] = pair;
    }
  }
}
