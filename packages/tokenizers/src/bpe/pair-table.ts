/** The rank of a pair that is never merged: after all others. */
export const NEVER = 0x7fffffff;

const FIELDS = 2; // key, rank
/** Ids below this are told apart by the key alone. */
const EXACT = 1 << 16;

/** Pairs of ids below this, which are mostly bytes, have a table of their own: one look, and no hash. */
const SMALL_BITS = 8;
const SMALL = 1 << SMALL_BITS;

/**
 * The merges of a BPE vocabulary: an open-addressing hash table from a pair of ids to its rank. It is looked at in
 * random places, so a slot is as small as it can be; larger ids than a key can hold are compared outside.
 */
export class PairTable {
  readonly #slots: Int32Array;
  readonly #last: number;
  /** A bit for each hash of a merge, few of them set: most pairs that are never merged are known by it. */
  readonly #filter: Int32Array;
  readonly #small: Int32Array = new Int32Array(SMALL * SMALL).fill(NEVER); // by left and right
  // By rank:
  readonly #lefts: Int32Array;
  readonly #rights: Int32Array;
  readonly #merged: Int32Array;
  #size = 0;
  #exact = true;

  /** @param merges how many pairs are going to be added, at most */
  constructor(merges: number) {
    let capacity = 8;
    while (capacity < merges * 2) capacity *= 2;
    this.#slots = new Int32Array(capacity * FIELDS).fill(NEVER);
    this.#last = capacity * FIELDS - 1;
    this.#filter = new Int32Array(capacity >> 2);
    this.#lefts = new Int32Array(merges);
    this.#rights = new Int32Array(merges);
    this.#merged = new Int32Array(merges);
  }

  /** All merges in the order of their ranks, spelled. */
  toMerges(tokens: readonly (string | undefined)[]): [left: string, right: string][] {
    return Array.from({ length: this.#size }, (_, rank) => [
      tokens[this.#lefts[rank]!]!,
      tokens[this.#rights[rank]!]!,
    ]);
  }

  /** Whether all the pairs that there is room for have been added. */
  get full(): boolean {
    return this.#size === this.#merged.length;
  }

  /** Adds the merge of the next rank, from 0 on; says false, and does nothing, for a pair that is there already. */
  add(left: number, right: number, merged: number): boolean {
    if (this.find(left, right) !== NEVER) return false;
    const slots = this.#slots;
    const key = keyOf(left, right);
    const hash = hashPair(left, right);
    this.#filter[(hash >>> 5) & (this.#filter.length - 1)]! |= 1 << hash;
    let slot = (hash * FIELDS) & this.#last;
    while (slots[slot + 1] !== NEVER) slot = (slot + FIELDS) & this.#last;
    const rank = this.#size++;
    slots[slot] = key;
    slots[slot + 1] = rank;
    this.#lefts[rank] = left;
    this.#rights[rank] = right;
    this.#merged[rank] = merged;
    if (left >= EXACT || right >= EXACT) this.#exact = false;
    if (left < SMALL && right < SMALL) this.#small[(left << SMALL_BITS) | right] = rank;
    return true;
  }

  /** How early a pair is merged, the lower the earlier; `NEVER` where it is not. */
  find(left: number, right: number): number {
    if (left < SMALL && right < SMALL) return this.#small[(left << SMALL_BITS) | right]!;
    const hash = hashPair(left, right);
    const filter = this.#filter;
    if ((filter[(hash >>> 5) & (filter.length - 1)]! & (1 << hash)) === 0) return NEVER;
    const slots = this.#slots;
    const key = keyOf(left, right);
    for (let slot = (hash * FIELDS) & this.#last; ; slot = (slot + FIELDS) & this.#last) {
      const rank = slots[slot + 1]!;
      if (rank === NEVER) return NEVER;
      if (slots[slot] === key && this.#isPair(rank, left, right)) return rank;
    }
  }

  /** What the pair of a rank becomes. */
  mergedAt(rank: number): number {
    return this.#merged[rank]!;
  }

  #isPair(rank: number, left: number, right: number): boolean {
    const exact = this.#exact && left < EXACT && right < EXACT;
    return exact || (this.#lefts[rank] === left && this.#rights[rank] === right);
  }
}

function keyOf(left: number, right: number): number {
  return (left << 16) ^ right;
}

export function hashPair(left: number, right: number): number {
  const hash = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
  return hash ^ (hash >>> 15);
}
