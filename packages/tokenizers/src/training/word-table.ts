import { enlarge } from './arrays.ts';

const FREE = -1;
const FIRST_SLOTS = 1 << 12;
/** Words per slot, at most: memory matters more here than a longer search. */
const LOAD = 0.75;

/** Distinct words, as UTF-8, and how often each was met; memory grows with the words, not with the text. */
export class WordTable {
  #slots = new Int32Array(FIRST_SLOTS).fill(FREE); // word numbers, in order of first appearance
  #hashes = new Int32Array(FIRST_SLOTS * LOAD);
  #counts = new Float64Array(FIRST_SLOTS * LOAD);
  #starts = new Int32Array(FIRST_SLOTS * LOAD + 1);
  #arena = new Uint8Array(1 << 14);
  #size = 0;

  /** Distinct words so far. */
  get size(): number {
    return this.#size;
  }

  /** Bytes of all distinct words together. */
  get bytes(): number {
    return this.#starts[this.#size]!;
  }

  /** Counts of the words by number. */
  get counts(): Float64Array {
    return this.#counts.subarray(0, this.#size);
  }

  /** Counts the word `bytes[start … end)` once more. */
  add(bytes: Uint8Array, start: number, end: number, hash: number): void {
    const last = this.#slots.length - 1;
    let slot = mix(hash) & last;
    for (; this.#slots[slot] !== FREE; slot = (slot + 1) & last) {
      const word = this.#slots[slot]!;
      if (this.#hashes[word] === hash && this.#equals(word, bytes, start, end)) {
        this.#counts[word]!++;
        return;
      }
    }
    const word = this.#size++;
    this.#slots[slot] = word;
    this.#keep(word, bytes, start, end, hash);
    if (this.#size === this.#hashes.length) this.#grow();
  }

  /** Visits the words in order of first appearance. */
  forEach(visit: (bytes: Uint8Array, start: number, end: number, count: number) => void): void {
    for (let word = 0; word < this.#size; word++) {
      visit(this.#arena, this.#starts[word]!, this.#starts[word + 1]!, this.#counts[word]!);
    }
  }

  #equals(word: number, bytes: Uint8Array, start: number, end: number): boolean {
    let at = this.#starts[word]!;
    if (this.#starts[word + 1]! - at !== end - start) return false;
    for (let i = start; i < end; i++, at++) if (this.#arena[at] !== bytes[i]) return false;
    return true;
  }

  #keep(word: number, bytes: Uint8Array, start: number, end: number, hash: number): void {
    const at = this.#starts[word]!;
    const next = at + end - start;
    if (next > this.#arena.length) {
      this.#arena = enlarge(this.#arena, new Uint8Array(Math.max(next, this.#arena.length * 2)));
    }
    this.#arena.set(bytes.subarray(start, end), at);
    this.#starts[word + 1] = next;
    this.#hashes[word] = hash;
    this.#counts[word] = 1;
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(FREE);
    const last = slots.length - 1;
    for (let word = 0; word < this.#size; word++) {
      let slot = mix(this.#hashes[word]!) & last;
      while (slots[slot] !== FREE) slot = (slot + 1) & last;
      slots[slot] = word;
    }
    this.#slots = slots;
    this.#hashes = enlarge(this.#hashes, new Int32Array(slots.length * LOAD));
    this.#counts = enlarge(this.#counts, new Float64Array(slots.length * LOAD));
    this.#starts = enlarge(this.#starts, new Int32Array(slots.length * LOAD + 1));
  }
}

function mix(hash: number): number {
  return hash ^ (hash >>> 15);
}
