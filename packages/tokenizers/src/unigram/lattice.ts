import { Trie } from '../models/trie.ts';
import { enlarge } from '../training/arrays.ts';

/** What a character that no piece spells costs beyond the rarest piece. */
const UNKNOWN_PENALTY = 10;

/** All ways to cut a word into pieces, and sums over them. A piece is a row in `scores`; one at −∞ is out. */
export class Lattice {
  static readonly UNKNOWN: number = -1;
  readonly #trie: Trie;
  readonly #scores: Float64Array;
  #unknownScore = 0;
  #size = 0;
  #arcs = 0;
  #from = new Int32Array(1 << 8);
  #to = new Int32Array(1 << 8);
  #pieces = new Int32Array(1 << 8);
  #weights = new Float64Array(1 << 8);
  #forward = new Float64Array(1 << 6);
  #backward = new Float64Array(1 << 6);
  #best = new Int32Array(1 << 6);

  constructor(trie: Trie, scores: Float64Array) {
    this.#trie = trie;
    this.#scores = scores;
  }

  /** To be called when scores have changed. */
  scoresChanged(lowest: number): void {
    this.#unknownScore = lowest - UNKNOWN_PENALTY;
  }

  /** Takes the word `text[start … end)`. */
  read(text: Int32Array, start: number, end: number): void {
    const size = end - start;
    this.#size = size;
    this.#arcs = 0;
    if (size >= this.#forward.length) {
      this.#forward = new Float64Array(size * 2);
      this.#backward = new Float64Array(size * 2);
      this.#best = new Int32Array(size * 2);
    }
    for (let from = 0; from < size; from++) {
      let single = false;
      let node: number = Trie.ROOT;
      for (let to = from; to < size; ) {
        node = this.#trie.child(node, text[start + to++]!);
        if (node === Trie.NONE) break;
        const piece = this.#trie.idAt(node);
        if (piece === Trie.NONE || this.#scores[piece] === Number.NEGATIVE_INFINITY) continue;
        if (to === from + 1) single = true;
        this.#add(from, to, piece, this.#scores[piece]!);
      }
      if (!single) this.#add(from, from + 1, Lattice.UNKNOWN, this.#unknownScore);
    }
  }

  /** Adds to each piece how often it is to be expected in `count` such words. */
  expect(count: number, expected: Float64Array): void {
    const size = this.#size;
    const forward = this.#forward;
    const backward = this.#backward;
    forward.fill(Number.NEGATIVE_INFINITY, 0, size + 1);
    backward.fill(Number.NEGATIVE_INFINITY, 0, size + 1);
    forward[0] = 0;
    backward[size] = 0;
    for (let i = 0; i < this.#arcs; i++) {
      const to = this.#to[i]!;
      forward[to] = logSum(forward[to]!, forward[this.#from[i]!]! + this.#weights[i]!);
    }
    for (let i = this.#arcs - 1; i >= 0; i--) {
      const from = this.#from[i]!;
      backward[from] = logSum(backward[from]!, backward[this.#to[i]!]! + this.#weights[i]!);
    }
    const all = forward[size]!;
    for (let i = 0; i < this.#arcs; i++) {
      const piece = this.#pieces[i]!;
      if (piece === Lattice.UNKNOWN) continue;
      expected[piece]! +=
        count * Math.exp(forward[this.#from[i]!]! + this.#weights[i]! + backward[this.#to[i]!]! - all);
    }
  }

  /**
   * Appends the pieces of the most probable way, the last one first, and returns its score.
   *
   * @param without a piece that must not be used; then −∞ says that there is no other way
   */
  bestPath(path: number[], without?: number): number {
    const size = this.#size;
    const score = this.#forward;
    score.fill(Number.NEGATIVE_INFINITY, 0, size + 1);
    score[0] = 0;
    for (let i = 0; i < this.#arcs; i++) {
      if (this.#pieces[i] === without) continue;
      const to = this.#to[i]!;
      const candidate = score[this.#from[i]!]! + this.#weights[i]!;
      if (candidate > score[to]!) {
        score[to] = candidate;
        this.#best[to] = i;
      }
    }
    if (score[size] === Number.NEGATIVE_INFINITY) return score[size]!;
    for (let at = size; at > 0; at = this.#from[this.#best[at]!]!) path.push(this.#pieces[this.#best[at]!]!);
    return score[size]!;
  }

  #add(from: number, to: number, piece: number, weight: number): void {
    const at = this.#arcs++;
    if (at === this.#from.length) {
      this.#from = enlarge(this.#from, new Int32Array(at * 2));
      this.#to = enlarge(this.#to, new Int32Array(at * 2));
      this.#pieces = enlarge(this.#pieces, new Int32Array(at * 2));
      this.#weights = enlarge(this.#weights, new Float64Array(at * 2));
    }
    this.#from[at] = from;
    this.#to[at] = to;
    this.#pieces[at] = piece;
    this.#weights[at] = weight;
  }
}

/** log(eᵃ + eᵇ). */
function logSum(a: number, b: number): number {
  if (a === Number.NEGATIVE_INFINITY) return b;
  const high = Math.max(a, b);
  return high + Math.log1p(Math.exp(Math.min(a, b) - high));
}
