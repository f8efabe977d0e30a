import type { IdBuffer } from '../id-buffer.ts';

const FIELDS = 4; // hash, bytes of the word (0: empty slot) | ids << 16, start in the arena, start in the ids
const FIRST_SLOTS = 1 << 10;
const BYTES_PER_WORD = 24;
const IDS_PER_WORD = 8;

/** Longer words are too rare to be worth a place. */
export const LONGEST_CACHED = 64;

/**
 * Remembers the ids of pieces already merged. Natural text repeats its words, so most pieces are found here.
 * It starts small, grows to `maximumWords` and is then emptied. A hit compares the bytes: two words with one
 * hash stay two words.
 */
export class WordCache {
  readonly #maximumWords: number;
  #slots = new Int32Array(FIRST_SLOTS * FIELDS);
  #arena = new Uint8Array((FIRST_SLOTS / 2) * BYTES_PER_WORD);
  #ids = new Int32Array((FIRST_SLOTS / 2) * IDS_PER_WORD);
  #words = 0;
  #arenaLength = 0;
  #idsLength = 0;

  constructor(maximumWords: number) {
    this.#maximumWords = maximumWords;
  }

  /** Words held now. */
  get size(): number {
    return this.#words;
  }

  /** Appends the ids of the word `bytes[start … end)` and says true, or does nothing and says false. */
  append(bytes: Uint8Array, start: number, end: number, hash: number, out: IdBuffer): boolean {
    const slots = this.#slots;
    const last = slots.length - 1;
    const length = end - start;
    for (let slot = firstSlot(hash, last); ; slot = (slot + FIELDS) & last) {
      const lengths = slots[slot + 1]!;
      if (lengths === 0) return false;
      if (slots[slot] !== hash || (lengths & 0xffff) !== length) continue;
      const arena = this.#arena;
      let a = slots[slot + 2]!;
      let at = start;
      while (at < end && arena[a] === bytes[at]) {
        at++;
        a++;
      }
      if (at < end) continue;
      const from = slots[slot + 3]!;
      const ids = this.#ids;
      const count = lengths >>> 16;
      out.reserve(count);
      for (let i = 0; i < count; i++) out.values[out.length + i] = ids[from + i]!;
      out.length += count;
      return true;
    }
  }

  /** Keeps a word that `append` did not find, with its `count` ids at `ids[from …]`. */
  add(
    bytes: Uint8Array,
    start: number,
    end: number,
    hash: number,
    ids: Int32Array,
    from: number,
    count: number,
  ): void {
    const length = end - start;
    const full =
      this.#words * 2 * FIELDS >= this.#slots.length ||
      this.#arenaLength + length > this.#arena.length ||
      this.#idsLength + count > this.#ids.length;
    if (full) this.#grow();
    this.#arena.set(bytes.subarray(start, end), this.#arenaLength);
    this.#ids.set(ids.subarray(from, from + count), this.#idsLength);
    place(this.#slots, [hash, length | (count << 16), this.#arenaLength, this.#idsLength]);
    this.#arenaLength += length;
    this.#idsLength += count;
    this.#words++;
  }

  clear(): void {
    this.#slots.fill(0);
    this.#words = 0;
    this.#arenaLength = 0;
    this.#idsLength = 0;
  }

  /** Doubles all tables, or empties them where they have reached their bound. */
  #grow(): void {
    if (this.#slots.length >= this.#maximumWords * 2 * FIELDS) {
      this.clear();
      return;
    }
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    for (let slot = 0; slot < old.length; slot += FIELDS) {
      if (old[slot + 1] !== 0) place(this.#slots, old.subarray(slot, slot + FIELDS));
    }
    const arena = new Uint8Array(this.#arena.length * 2);
    arena.set(this.#arena);
    this.#arena = arena;
    const ids = new Int32Array(this.#ids.length * 2);
    ids.set(this.#ids);
    this.#ids = ids;
  }
}

function place(slots: Int32Array, entry: ArrayLike<number>): void {
  const last = slots.length - 1;
  let slot = firstSlot(entry[0]!, last);
  while (slots[slot + 1] !== 0) slot = (slot + FIELDS) & last;
  slots.set(entry, slot);
}

function firstSlot(hash: number, last: number): number {
  return ((hash ^ (hash >>> 15)) * FIELDS) & last;
}
