const EMPTY = -1;
const FIELDS = 4; // left, right, rank, merged

/**
 * The merges of a BPE vocabulary: an open-addressing hash table from a pair of ids to its rank and the id it
 * merges into. The pair is two 32-bit fields: `left * 65536 + right` would overflow with larger vocabularies.
 */
export class PairTable {
  readonly #slots: Int32Array;
  readonly #last: number;

  /** @param merges how many pairs are going to be added */
  constructor(merges: number) {
    let capacity = 8;
    while (capacity < merges * 2) capacity *= 2;
    this.#slots = new Int32Array(capacity * FIELDS).fill(EMPTY);
    this.#last = capacity * FIELDS - 1;
  }

  /** Adds a merge; says false, and does nothing, for a pair that is there already. */
  add(left: number, right: number, rank: number, merged: number): boolean {
    const slots = this.#slots;
    let slot = this.#first(left, right);
    for (; slots[slot] !== EMPTY; slot = (slot + FIELDS) & this.#last) {
      if (slots[slot] === left && slots[slot + 1] === right) return false;
    }
    slots[slot] = left;
    slots[slot + 1] = right;
    slots[slot + 2] = rank;
    slots[slot + 3] = merged;
    return true;
  }

  /** The slot of a pair, or −1. */
  find(left: number, right: number): number {
    const slots = this.#slots;
    const last = this.#last;
    let slot = this.#first(left, right);
    for (;;) {
      const found = slots[slot]!;
      if (found === left && slots[slot + 1] === right) return slot;
      if (found === EMPTY) return -1;
      slot = (slot + FIELDS) & last;
    }
  }

  /** How early the merge in a slot applies: the lower, the earlier. */
  rankAt(slot: number): number {
    return this.#slots[slot + 2]!;
  }

  mergedAt(slot: number): number {
    return this.#slots[slot + 3]!;
  }

  #first(left: number, right: number): number {
    const hash = hashPair(left, right);
    return (hash * FIELDS) & this.#last;
  }
}

export function hashPair(left: number, right: number): number {
  const hash = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
  return hash ^ (hash >>> 15);
}
