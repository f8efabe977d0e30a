import { hashPair } from '../bpe/pair-table.ts';

const FREE = -1;
const END = -1;

/** Where no occurrence is. */
export const NOWHERE = 0x7fffffff;

/**
 * Every pair of neighbouring symbols met so far, numbered from 0, with its count, the words that may hold it and
 * where it occurs first.
 */
export class PairIndex {
  left: Int32Array = new Int32Array(1 << 12);
  right: Int32Array = new Int32Array(1 << 12);
  count: Float64Array = new Float64Array(1 << 12);
  /** First position at which the pair was put; later merges may have taken it from there. */
  first: Int32Array = new Int32Array(1 << 12);
  #head = new Int32Array(1 << 12);
  #postings = new Int32Array(1 << 14); // word, next
  #postingsLength = 0;
  #slots = new Int32Array(1 << 13).fill(FREE);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The number of a pair, a new one if it is new. */
  find(left: number, right: number): number {
    const last = this.#slots.length - 1;
    let slot = hashPair(left, right) & last;
    for (; this.#slots[slot] !== FREE; slot = (slot + 1) & last) {
      const pair = this.#slots[slot]!;
      if (this.left[pair] === left && this.right[pair] === right) return pair;
    }
    if (this.#size * 2 >= this.#slots.length) {
      this.#grow();
      return this.find(left, right);
    }
    const pair = this.#size++;
    this.#slots[slot] = pair;
    this.left[pair] = left;
    this.right[pair] = right;
    this.first[pair] = NOWHERE;
    this.#head[pair] = END;
    return pair;
  }

  /** Adds `count` occurrences of a pair at a position of a word. */
  add(pair: number, count: number, word: number, position: number): void {
    this.count[pair]! += count;
    if (position < this.first[pair]!) this.first[pair] = position;
    const head = this.#head[pair]!;
    if (head !== END && this.#postings[head] === word) return;
    if (this.#postingsLength === this.#postings.length) {
      const larger = new Int32Array(this.#postings.length * 2);
      larger.set(this.#postings);
      this.#postings = larger;
    }
    this.#postings[this.#postingsLength] = word;
    this.#postings[this.#postingsLength + 1] = head;
    this.#head[pair] = this.#postingsLength;
    this.#postingsLength += 2;
  }

  /** Visits the words that were given for a pair; some may no longer hold it, some come twice. */
  forEachWord(pair: number, visit: (word: number) => void): void {
    for (let at = this.#head[pair]!; at !== END; at = this.#postings[at + 1]!) visit(this.#postings[at]!);
  }

  /** Forgets a pair's words: it has been merged everywhere. */
  forget(pair: number): void {
    this.count[pair] = 0;
    this.first[pair] = NOWHERE;
    this.#head[pair] = END;
  }

  #grow(): void {
    const capacity = this.#slots.length;
    this.left = enlarge(this.left, new Int32Array(capacity));
    this.right = enlarge(this.right, new Int32Array(capacity));
    this.count = enlarge(this.count, new Float64Array(capacity));
    this.first = enlarge(this.first, new Int32Array(capacity));
    this.#head = enlarge(this.#head, new Int32Array(capacity));
    this.#slots = new Int32Array(capacity * 2).fill(FREE);
    const last = this.#slots.length - 1;
    for (let pair = 0; pair < this.#size; pair++) {
      let slot = hashPair(this.left[pair]!, this.right[pair]!) & last;
      while (this.#slots[slot] !== FREE) slot = (slot + 1) & last;
      this.#slots[slot] = pair;
    }
  }
}

function enlarge<A extends Int32Array | Float64Array>(values: A, larger: A): A {
  larger.set(values);
  return larger;
}
