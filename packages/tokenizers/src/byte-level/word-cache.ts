import type { IdBuffer } from '../id-buffer.ts';
import { enlarge } from '../training/arrays.ts';

/**
 * A slot is half a line of the processor's cache, for looking at random places is what takes time: hash, bytes of the
 * word (0: empty slot) | ids << 16, the one id or where the ids start, where the bytes start, and the bytes if they
 * are few.
 */
const FIELDS = 8;
const INLINE = 4; // field in which the bytes begin
const MOST_INLINE = 16;
const FIRST_SLOTS = 1 << 10;
const BYTES_PER_WORD = 16;
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
  #slotBytes = new Uint8Array(this.#slots.buffer);
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
      const kept = length <= MOST_INLINE ? this.#slotBytes : this.#arena;
      let from = length <= MOST_INLINE ? (slot + INLINE) * 4 : slots[slot + 3]!;
      let at = start;
      while (at < end && kept[from] === bytes[at]) {
        at++;
        from++;
      }
      if (at < end) continue;
      const count = lengths >>> 16;
      out.reserve(count);
      const first = slots[slot + 2]!;
      if (count === 1) {
        out.values[out.length++] = first;
        return true;
      }
      const ids = this.#ids;
      for (let i = 0; i < count; i++) out.values[out.length + i] = ids[first + i]!;
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
    const slot = freeSlot(this.#slots, hash);
    const slots = this.#slots;
    slots[slot] = hash;
    slots[slot + 1] = length | (count << 16);
    slots[slot + 2] = count === 1 ? ids[from]! : this.#keepIds(ids, from, count);
    if (length <= MOST_INLINE) {
      const inline = (slot + INLINE) * 4 - start;
      for (let at = start; at < end; at++) this.#slotBytes[inline + at] = bytes[at]!;
    } else {
      slots[slot + 3] = this.#arenaLength;
      this.#arena.set(bytes.subarray(start, end), this.#arenaLength);
      this.#arenaLength += length;
    }
    this.#words++;
  }

  clear(): void {
    this.#slots.fill(0);
    this.#words = 0;
    this.#arenaLength = 0;
    this.#idsLength = 0;
  }

  #keepIds(ids: Int32Array, from: number, count: number): number {
    const first = this.#idsLength;
    for (let i = 0; i < count; i++) this.#ids[first + i] = ids[from + i]!;
    this.#idsLength += count;
    return first;
  }

  /** Doubles all tables, or empties them where they have reached their bound. */
  #grow(): void {
    if (this.#slots.length >= this.#maximumWords * 2 * FIELDS) {
      this.clear();
      return;
    }
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    this.#slotBytes = new Uint8Array(this.#slots.buffer);
    for (let slot = 0; slot < old.length; slot += FIELDS) {
      if (old[slot + 1] === 0) continue;
      const to = freeSlot(this.#slots, old[slot]!);
      for (let i = 0; i < FIELDS; i++) this.#slots[to + i] = old[slot + i]!;
    }
    this.#arena = enlarge(this.#arena, new Uint8Array(this.#arena.length * 2));
    this.#ids = enlarge(this.#ids, new Int32Array(this.#ids.length * 2));
  }
}

function freeSlot(slots: Int32Array, hash: number): number {
  const last = slots.length - 1;
  let slot = firstSlot(hash, last);
  while (slots[slot + 1] !== 0) slot = (slot + FIELDS) & last;
  return slot;
}

function firstSlot(hash: number, last: number): number {
  return ((hash ^ (hash >>> 15)) * FIELDS) & last;
}
