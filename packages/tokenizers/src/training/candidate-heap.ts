import { enlarge } from './arrays.ts';

/**
 * A binary heap of pairs as they were when they were pushed: most frequent first, then the lowest key, then as
 * `winsTie` says.
 */
export class CandidateHeap {
  readonly #winsTie: (a: number, b: number) => boolean;
  #pairs = new Int32Array(1 << 10);
  #counts = new Float64Array(1 << 10);
  #keys = new Float64Array(1 << 10);
  #size = 0;

  constructor(winsTie: (a: number, b: number) => boolean) {
    this.#winsTie = winsTie;
  }

  get size(): number {
    return this.#size;
  }

  get topPair(): number {
    return this.#pairs[0]!;
  }

  get topCount(): number {
    return this.#counts[0]!;
  }

  get topKey(): number {
    return this.#keys[0]!;
  }

  clear(): void {
    this.#size = 0;
  }

  push(pair: number, count: number, key: number): void {
    if (this.#size === this.#pairs.length) this.#grow();
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#goesBefore(pair, count, key, parent)) break;
      this.#copy(parent, at);
      at = parent;
    }
    this.#put(at, pair, count, key);
  }

  pop(): void {
    const last = --this.#size;
    if (last > 0) this.replaceTop(this.#pairs[last]!, this.#counts[last]!, this.#keys[last]!);
  }

  /** `pop` and `push` in one. */
  replaceTop(pair: number, count: number, key: number): void {
    const size = this.#size;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (
        child + 1 < size &&
        this.#goesBefore(this.#pairs[child + 1]!, this.#counts[child + 1]!, this.#keys[child + 1]!, child)
      ) {
        child++;
      }
      if (this.#goesBefore(pair, count, key, child)) break;
      this.#copy(child, at);
      at = child;
    }
    this.#put(at, pair, count, key);
  }

  #goesBefore(pair: number, count: number, key: number, other: number): boolean {
    const otherCount = this.#counts[other]!;
    if (count !== otherCount) return count > otherCount;
    const otherKey = this.#keys[other]!;
    return key !== otherKey ? key < otherKey : this.#winsTie(pair, this.#pairs[other]!);
  }

  #copy(from: number, to: number): void {
    this.#put(to, this.#pairs[from]!, this.#counts[from]!, this.#keys[from]!);
  }

  #put(at: number, pair: number, count: number, key: number): void {
    this.#pairs[at] = pair;
    this.#counts[at] = count;
    this.#keys[at] = key;
  }

  #grow(): void {
    const capacity = this.#size * 2;
    this.#pairs = enlarge(this.#pairs, new Int32Array(capacity));
    this.#counts = enlarge(this.#counts, new Float64Array(capacity));
    this.#keys = enlarge(this.#keys, new Float64Array(capacity));
  }
}
