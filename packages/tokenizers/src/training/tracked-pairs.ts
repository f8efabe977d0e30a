import { hashPair } from '../bpe/pair-table.ts';
import type { Segmentation } from './segmentation.ts';

const FREE = -1;
const FORGOTTEN = -2;
/** Where no place is. */
const NOWHERE = 0x7fffffff;
/** Room for places beyond those in use. */
const SLACK = 1.25;

/** What `find` says of a pair that is not followed. */
export const UNTRACKED = -1;

/**
 * The pairs that are frequent enough to be merged soon: their counts, and the places where they were when they
 * were put here; later merges may have taken a pair from a place.
 */
export class TrackedPairs {
  left!: Int32Array;
  right!: Int32Array;
  count!: Float64Array;
  /** The places of pair p are `places[start[p] … end[p])`, in ascending order. */
  start!: Int32Array;
  end!: Int32Array;
  places: Int32Array = new Int32Array(0);
  readonly #segmentation: Segmentation;
  #slots!: Int32Array;
  #size = 0;
  #placesUsed = 0;

  /** @param capacity the most pairs that can be tracked, a power of two */
  constructor(segmentation: Segmentation, capacity: number) {
    this.#segmentation = segmentation;
    this.#resize(capacity);
  }

  get capacity(): number {
    return this.left.length;
  }

  get size(): number {
    return this.#size;
  }

  find(left: number, right: number): number {
    const last = this.#slots.length - 1;
    for (let slot = hashPair(left, right) & last; ; slot = (slot + 1) & last) {
      const pair = this.#slots[slot]!;
      if (pair === FREE) return UNTRACKED;
      if (this.left[pair] === left && this.right[pair] === right) return pair;
    }
  }

  /** Tracks a new pair; its `occurrences` places are to be written from `start` on. */
  add(left: number, right: number, count: number, occurrences: number): number {
    const pair = this.#append(left, right, count);
    this.start[pair] = this.#placesUsed;
    this.#placesUsed += occurrences;
    this.end[pair] = this.#placesUsed;
    return pair;
  }

  /** Makes room for the places of new pairs: those that no longer hold their pair go. */
  reservePlaces(count: number): void {
    if (this.#placesUsed + count <= this.places.length) return;
    this.#compact();
    const needed = this.#placesUsed + count;
    // Room that is soon used up again would have to be made again soon.
    if (needed * 1.125 <= this.places.length) return;
    const larger = new Int32Array(Math.ceil(needed * SLACK));
    larger.set(this.places.subarray(0, this.#placesUsed));
    this.places = larger;
  }

  /** Keeps only the pairs with a count of at least `floor`, in arrays for `capacity` pairs; all get new numbers. */
  prune(floor: number, capacity: number): void {
    const { left, right, count, start, end } = this;
    const size = this.#size;
    if (capacity > this.capacity) this.#resize(capacity);
    this.#slots.fill(FREE);
    this.#size = 0;
    for (let pair = 0; pair < size; pair++) {
      if (count[pair]! < floor) continue;
      const kept = this.#append(left[pair]!, right[pair]!, count[pair]!);
      this.start[kept] = start[pair]!;
      this.end[kept] = end[pair]!;
    }
  }

  /** Forgets all pairs. */
  clear(): void {
    this.#slots.fill(FREE);
    this.#size = 0;
    this.#placesUsed = 0;
  }

  /** Looks for the places of all pairs, whose number `add` was told. */
  findPlaces(): void {
    const { start, end } = this;
    let used = 0;
    for (let pair = 0; pair < this.#size; pair++) {
      const occurrences = end[pair]! - start[pair]!;
      start[pair] = used;
      end[pair] = used; // a cursor, for now
      used += occurrences;
    }
    this.#placesUsed = used;
    // Slack costs nothing until it is written to; without it the first merge would make a second array beside this one.
    if (this.places.length < used) this.places = new Int32Array(Math.ceil(used * SLACK));
    const { places } = this;
    this.#segmentation.forEachPair((left, right, _count, at) => {
      const pair = this.find(left, right);
      if (pair !== UNTRACKED) places[end[pair]!++] = at;
    });
  }

  subtract(left: number, right: number, count: number): void {
    const pair = this.find(left, right);
    if (pair !== UNTRACKED) this.count[pair]! -= count;
  }

  /** Forgets a pair that has been merged. */
  forget(pair: number): void {
    this.left[pair] = FORGOTTEN;
    this.count[pair] = 0;
  }

  /** Forgets every pair with a symbol. */
  forgetSymbol(symbol: number): void {
    for (let pair = 0; pair < this.#size; pair++) {
      if (this.left[pair] === symbol || this.right[pair] === symbol) this.forget(pair);
    }
  }

  /** How many pairs have a count of at least `floor`. */
  countFrom(floor: number): number {
    let pairs = 0;
    for (let pair = 0; pair < this.#size; pair++) if (this.count[pair]! >= floor) pairs++;
    return pairs;
  }

  /** The places of all pairs with a count of at least `floor`. */
  occurrencesFrom(floor: number): number {
    let sum = 0;
    for (let pair = 0; pair < this.#size; pair++) {
      if (this.count[pair]! >= floor) sum += this.end[pair]! - this.start[pair]!;
    }
    return sum;
  }

  /** The first place that still holds a pair. */
  firstPlace(pair: number): number {
    let at = this.start[pair]!;
    const end = this.end[pair]!;
    while (at < end && !this.#holds(pair, this.places[at]!)) at++;
    this.start[pair] = at;
    return at < end ? this.places[at]! : NOWHERE;
  }

  #holds(pair: number, at: number): boolean {
    const { symbols } = this.#segmentation;
    return symbols[at] === this.left[pair] && symbols[this.#segmentation.end(at)] === this.right[pair];
  }

  #append(left: number, right: number, count: number): number {
    const last = this.#slots.length - 1;
    let slot = hashPair(left, right) & last;
    while (this.#slots[slot] !== FREE) slot = (slot + 1) & last;
    const pair = this.#size++;
    this.#slots[slot] = pair;
    this.left[pair] = left;
    this.right[pair] = right;
    this.count[pair] = count;
    return pair;
  }

  #resize(capacity: number): void {
    this.left = new Int32Array(capacity);
    this.right = new Int32Array(capacity);
    this.count = new Float64Array(capacity);
    this.start = new Int32Array(capacity);
    this.end = new Int32Array(capacity);
    this.#slots = new Int32Array(capacity * 2).fill(FREE);
  }

  #compact(): void {
    // Blocks lie in the order of the pairs' numbers, so each moves to the left.
    const { places, start, end } = this;
    let used = 0;
    for (let pair = 0; pair < this.#size; pair++) {
      const from = start[pair]!;
      const to = end[pair]!;
      start[pair] = used;
      if (this.count[pair]! > 0) {
        for (let i = from; i < to; i++) if (this.#holds(pair, places[i]!)) places[used++] = places[i]!;
      }
      end[pair] = used;
    }
    this.#placesUsed = used;
  }
}
