import { hashPair } from '../bpe/pair-table.ts';
import { enlarge } from '../training/arrays.ts';

const FREE = -1;
const NONE = -1;

/** Pieces by their code points; built once, pieces only leave it. */
export class PieceTrie {
  static readonly ROOT = 0;
  static readonly NONE: number = NONE;
  /** The piece that ends in each node. */
  pieceAt: Int32Array = new Int32Array(1 << 12).fill(NONE);
  #parents = new Int32Array(1 << 12);
  #codePoints = new Int32Array(1 << 12);
  #slots = new Int32Array(1 << 13).fill(FREE);
  #size = 1;

  add(text: Int32Array, start: number, length: number, piece: number): void {
    let node = PieceTrie.ROOT;
    for (let at = start; at < start + length; at++) {
      const child = this.child(node, text[at]!);
      node = child === NONE ? this.#append(node, text[at]!) : child;
    }
    this.pieceAt[node] = piece;
  }

  child(node: number, codePoint: number): number {
    const last = this.#slots.length - 1;
    for (let slot = hashPair(node, codePoint) & last; ; slot = (slot + 1) & last) {
      const child = this.#slots[slot]!;
      if (child === FREE) return NONE;
      if (this.#parents[child] === node && this.#codePoints[child] === codePoint) return child;
    }
  }

  #append(parent: number, codePoint: number): number {
    if (this.#size * 2 >= this.#slots.length) this.#grow();
    const node = this.#size++;
    this.#parents[node] = parent;
    this.#codePoints[node] = codePoint;
    this.#place(node);
    return node;
  }

  #place(node: number): void {
    const last = this.#slots.length - 1;
    let slot = hashPair(this.#parents[node]!, this.#codePoints[node]!) & last;
    while (this.#slots[slot] !== FREE) slot = (slot + 1) & last;
    this.#slots[slot] = node;
  }

  #grow(): void {
    const capacity = this.#slots.length;
    this.#parents = enlarge(this.#parents, new Int32Array(capacity));
    this.#codePoints = enlarge(this.#codePoints, new Int32Array(capacity));
    this.pieceAt = enlarge(this.pieceAt, new Int32Array(capacity).fill(NONE));
    this.#slots = new Int32Array(capacity * 2).fill(FREE);
    for (let node = 1; node < this.#size; node++) this.#place(node);
  }
}
