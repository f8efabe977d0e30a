import { HASH_PRIME, HASH_START } from './scanner.ts';

const FREE = -1;

/** Finds the ids of tokens that lie within a larger text, without making strings of them. */
export class TokenIndex {
  readonly #slots: Int32Array; // ids
  readonly #starts: Int32Array; // by id, in the units of all tokens
  readonly #units: Uint16Array;

  /** @param tokens by id */
  constructor(tokens: readonly (string | undefined)[]) {
    const size = tokens.length;
    let capacity = 8;
    let length = 0;
    for (let id = 0; id < size; id++) length += tokens[id]?.length ?? 0;
    while (capacity < size * 2) capacity *= 2;
    const slots = new Int32Array(capacity).fill(FREE);
    const starts = new Int32Array(size + 1);
    const units = new Uint16Array(length);
    let at = 0;
    for (let id = 0; id < size; id++) {
      starts[id] = at;
      const token = tokens[id];
      if (token === undefined) continue;
      let hash = HASH_START;
      for (let i = 0; i < token.length; i++) {
        const unit = token.charCodeAt(i);
        units[at++] = unit;
        hash = Math.imul(hash ^ unit, HASH_PRIME);
      }
      let slot = firstSlot(hash, capacity);
      while (slots[slot] !== FREE) slot = (slot + 1) & (capacity - 1);
      slots[slot] = id;
    }
    starts[size] = at;
    this.#slots = slots;
    this.#starts = starts;
    this.#units = units;
  }

  /**
   * The id of the token `text[from … middle) + text[next … end)`, or −1.
   *
   * @param hash of its units: FNV-1a, from `HASH_START` on
   */
  find(text: string, from: number, middle: number, next: number, end: number, hash: number): number {
    const slots = this.#slots;
    const last = slots.length - 1;
    for (let slot = firstSlot(hash, slots.length); ; slot = (slot + 1) & last) {
      const id = slots[slot]!;
      if (id === FREE) return -1;
      const start = this.#starts[id]!;
      const length = middle - from + end - next;
      if (this.#starts[id + 1]! - start !== length) continue;
      if (this.#equals(start, text, from, middle) && this.#equals(start + middle - from, text, next, end)) {
        return id;
      }
    }
  }

  #equals(start: number, text: string, from: number, end: number): boolean {
    const units = this.#units;
    for (let i = from, at = start; i < end; i++, at++) {
      if (units[at] !== text.charCodeAt(i)) return false;
    }
    return true;
  }
}

function firstSlot(hash: number, capacity: number): number {
  return (hash ^ (hash >>> 15)) & (capacity - 1);
}
