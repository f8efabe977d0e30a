const FIELDS = 4; // node + 1 (0: empty slot), unit, child
const NONE = -1;

/**
 * A trie over UTF-16 units, or over code points, whose edges lie in one open-addressing hash table: following an edge makes
 * no string and no object.
 */
export class Trie {
  static readonly NONE: number = NONE;
  #slots = new Int32Array(1024 * FIELDS);
  #ids = new Int32Array(256).fill(NONE);
  #nodes = 1;

  /** The node of the empty text. */
  static readonly ROOT = 0;

  add(text: string, id: number): void {
    let node: number = Trie.ROOT;
    for (let i = 0; i < text.length; i++) node = this.#childOrNew(node, text.charCodeAt(i));
    this.#ids[node] = id;
  }

  /** Adds code points [start, end) of a text. */
  addCodePoints(text: Int32Array, start: number, end: number, id: number): void {
    let node: number = Trie.ROOT;
    for (let at = start; at < end; at++) node = this.#childOrNew(node, text[at]!);
    this.#ids[node] = id;
  }

  /** The node that an edge leads to, or −1. */
  child(node: number, unit: number): number {
    const slots = this.#slots;
    const last = slots.length - 1;
    for (let slot = firstSlot(node, unit, last); ; slot = (slot + FIELDS) & last) {
      const found = slots[slot]!;
      if (found === node + 1 && slots[slot + 1] === unit) return slots[slot + 2]!;
      if (found === 0) return NONE;
    }
  }

  /** The id of the text that ends at a node, or −1. */
  idAt(node: number): number {
    return this.#ids[node]!;
  }

  /** The node of a text, or −1. */
  find(text: string): number {
    let node: number = Trie.ROOT;
    for (let i = 0; i < text.length && node !== NONE; i++) node = this.child(node, text.charCodeAt(i));
    return node;
  }

  #childOrNew(node: number, unit: number): number {
    const found = this.child(node, unit);
    if (found !== NONE) return found;
    if (this.#nodes * 2 * FIELDS >= this.#slots.length) this.#grow();
    const child = this.#nodes++;
    if (child >= this.#ids.length) {
      const larger = new Int32Array(this.#ids.length * 2).fill(NONE);
      larger.set(this.#ids);
      this.#ids = larger;
    }
    place(this.#slots, node + 1, unit, child);
    return child;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    for (let slot = 0; slot < old.length; slot += FIELDS) {
      if (old[slot] !== 0) place(this.#slots, old[slot]!, old[slot + 1]!, old[slot + 2]!);
    }
  }
}

function place(slots: Int32Array, nodePlusOne: number, unit: number, child: number): void {
  const last = slots.length - 1;
  let slot = firstSlot(nodePlusOne - 1, unit, last);
  while (slots[slot] !== 0) slot = (slot + FIELDS) & last;
  slots[slot] = nodePlusOne;
  slots[slot + 1] = unit;
  slots[slot + 2] = child;
}

function firstSlot(node: number, unit: number, last: number): number {
  const hash = Math.imul(node, 0x9e3779b1) ^ Math.imul(unit, 0x85ebca6b);
  return ((hash ^ (hash >>> 15)) * FIELDS) & last;
}
