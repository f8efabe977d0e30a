import { enlarge } from '../training/arrays.ts';
import { BOUNDARY, type WordCounts } from '../training/word-counts.ts';
import type { Pieces } from './scanner.ts';
import { Utf8Feed } from './utf8-feed.ts';

const FREE = -1;

/** Counts the distinct pieces of a stream of texts; memory grows with the words, not with the text. */
export class WordCounter {
  readonly #feed = new Utf8Feed();
  #slots!: Int32Array; // word numbers, in order of first appearance
  #hashes!: Int32Array;
  #counts!: Float64Array;
  #starts!: Int32Array;
  #arena!: Uint8Array;
  #words!: number;

  constructor() {
    this.#clear();
  }

  /** Distinct pieces so far. */
  get words(): number {
    return this.#words;
  }

  add(text: string, prefix: string): void {
    this.#feed.forEachBatch(text, prefix, (bytes, pieces) => this.#addBatch(bytes, pieces));
  }

  /** The words as symbols, one a byte, in order of first appearance. The counter is empty afterwards. */
  finish(symbolOfByte: Int32Array): WordCounts {
    const arena = this.#arena;
    const words = this.#words;
    const symbols = new Int32Array(this.#starts[words]! + words + 1);
    let at = 0;
    for (let word = 0; word < words; word++) {
      symbols[at++] = BOUNDARY;
      const end = this.#starts[word + 1]!;
      for (let i = this.#starts[word]!; i < end; i++) symbols[at++] = symbolOfByte[arena[i]!]!;
    }
    symbols[at] = BOUNDARY;
    const counts = this.#counts.slice(0, words);
    this.#clear();
    return { symbols, counts };
  }

  #clear(): void {
    this.#slots = new Int32Array(1 << 12).fill(FREE);
    this.#hashes = new Int32Array(1 << 11);
    this.#counts = new Float64Array(1 << 11);
    this.#starts = new Int32Array((1 << 11) + 1);
    this.#arena = new Uint8Array(1 << 14);
    this.#words = 0;
  }

  #addBatch(bytes: Uint8Array, { ends, hashes, count }: Pieces): void {
    let start = 0;
    for (let i = 0; i < count; i++) {
      const end = ends[i]!;
      const word = this.#find(bytes, start, end, hashes[i]!);
      this.#counts[word]!++;
      start = end;
    }
  }

  /** The number of a word, a new one if it was not seen before. */
  #find(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const last = this.#slots.length - 1;
    let slot = mix(hash) & last;
    for (; this.#slots[slot] !== FREE; slot = (slot + 1) & last) {
      const word = this.#slots[slot]!;
      if (this.#hashes[word] === hash && this.#equals(word, bytes, start, end)) return word;
    }
    const word = this.#words++;
    this.#slots[slot] = word;
    this.#keep(word, bytes, start, end, hash);
    if (this.#words * 2 >= this.#slots.length) this.#grow();
    return word;
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
      const arena = new Uint8Array(Math.max(next, this.#arena.length * 2));
      arena.set(this.#arena.subarray(0, at));
      this.#arena = arena;
    }
    this.#arena.set(bytes.subarray(start, end), at);
    this.#starts[word + 1] = next;
    this.#hashes[word] = hash;
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(FREE);
    const last = slots.length - 1;
    for (let word = 0; word < this.#words; word++) {
      let slot = mix(this.#hashes[word]!) & last;
      while (slots[slot] !== FREE) slot = (slot + 1) & last;
      slots[slot] = word;
    }
    this.#slots = slots;
    this.#hashes = enlarge(this.#hashes, new Int32Array(slots.length / 2));
    this.#counts = enlarge(this.#counts, new Float64Array(slots.length / 2));
    this.#starts = enlarge(this.#starts, new Int32Array(slots.length / 2 + 1));
  }
}

function mix(hash: number): number {
  return hash ^ (hash >>> 15);
}
