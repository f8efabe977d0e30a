const POSITIONS = 2 ** 32;

/** A binary heap of (rank, position), lowest rank first and leftmost of equals; ranks below 2^21 fit the key. */
export class RankHeap {
  #keys = new Float64Array(256);
  #size = 0;
  #poppedRank = 0;

  get size(): number {
    return this.#size;
  }

  /** The rank of the entry that `pop` returned last. */
  get poppedRank(): number {
    return this.#poppedRank;
  }

  push(rank: number, position: number): void {
    if (this.#size === this.#keys.length) {
      const larger = new Float64Array(this.#size * 2);
      larger.set(this.#keys);
      this.#keys = larger;
    }
    const keys = this.#keys;
    const key = rank * POSITIONS + position;
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (keys[parent]! <= key) break;
      keys[at] = keys[parent]!;
      at = parent;
    }
    keys[at] = key;
  }

  /** Removes the first entry and returns its position. */
  pop(): number {
    const keys = this.#keys;
    const first = keys[0]!;
    const moved = keys[--this.#size]!;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#size) break;
      if (child + 1 < this.#size && keys[child + 1]! < keys[child]!) child++;
      if (keys[child]! >= moved) break;
      keys[at] = keys[child]!;
      at = child;
    }
    keys[at] = moved;
    this.#poppedRank = Math.floor(first / POSITIONS);
    return first - this.#poppedRank * POSITIONS;
  }
}
