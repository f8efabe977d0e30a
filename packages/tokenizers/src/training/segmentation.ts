import { BOUNDARY, type Symbols, type WordCounts } from './word-counts.ts';

/** A place inside a token that is neither its second nor its last; every number below `BOUNDARY` would do. */
const INNER = BOUNDARY - 1;

/** Places that share an entry in the index from places to words, as a power of two. */
const BLOCK = 5;

/**
 * Words cut into tokens, in place. A token of n > 1 initial symbols keeps its n places: the first holds the token,
 * the second and the last hold −n, so that both neighbours of a token are found without a search.
 */
export class Segmentation {
  readonly symbols: Symbols;
  readonly #counts: Float64Array;
  readonly #starts: Int32Array; // of each word
  readonly #firstWords: Int32Array; // by block: the word that holds its first place, or the next one

  #tokens: number;

  constructor({ symbols, counts }: WordCounts) {
    this.symbols = symbols;
    this.#tokens = symbols.length - counts.length - 1;
    this.#counts = counts;
    this.#starts = new Int32Array(counts.length + 1);
    this.#firstWords = new Int32Array((symbols.length >> BLOCK) + 1);
    let word = 0;
    let block = 0;
    for (let at = 0; at + 1 < symbols.length; at++) {
      for (; block << BLOCK <= at; block++) this.#firstWords[block] = Math.max(0, word - 1);
      if (symbols[at] === BOUNDARY) this.#starts[word++] = at + 1;
    }
    this.#starts[word] = symbols.length;
    this.#firstWords.fill(Math.max(0, word - 1), block);
  }

  /** How many tokens all words have together. */
  get tokens(): number {
    return this.#tokens;
  }

  /** The place after a token that starts at `at`. */
  end(at: number): number {
    const length = this.symbols[at + 1]!;
    return length < BOUNDARY ? at - length : at + 1;
  }

  /** Where the token before the one at `at` starts; `BOUNDARY` where that is the first of its word. */
  previous(at: number): number {
    const last = this.symbols[at - 1]!;
    if (last > BOUNDARY) return at - 1;
    return last < BOUNDARY ? at + last : BOUNDARY;
  }

  /** How often the word occurs that has this place. */
  countAt(at: number): number {
    let word = this.#firstWords[at >> BLOCK]!;
    while (this.#starts[word + 1]! <= at) word++;
    return this.#counts[word]!;
  }

  /** Makes one token of the two that start at `at` and `second`, of which the second ends at `end`. */
  join(at: number, second: number, end: number, merged: number): void {
    const { symbols } = this;
    symbols[second] = INNER;
    symbols[at] = merged;
    symbols[at + 1] = at - end;
    symbols[end - 1] = at - end;
    this.#tokens--;
  }

  /** Visits every two tokens that stand side by side, with their word's count and where the first of them starts. */
  forEachPair(visit: (left: number, right: number, count: number, at: number) => void): void {
    const { symbols } = this;
    const last = symbols.length - 1;
    let word = -1;
    for (let at = 0; at < last; ) {
      const left = symbols[at]!;
      if (left === BOUNDARY) {
        word++;
        at++;
        continue;
      }
      const end = this.end(at);
      const right = symbols[end]!;
      if (right !== BOUNDARY) visit(left, right, this.#counts[word]!, at);
      at = end;
    }
  }
}
