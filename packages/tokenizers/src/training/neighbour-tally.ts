import { enlarge } from './arrays.ts';

/** Dropped: its positions are not wanted. */
export const DROPPED = -1;

/** The symbols met on one side of a new token, each with its count and the places where it was met. */
export class NeighbourTally {
  count: Float64Array = new Float64Array(1 << 10); // by symbol
  occurrences: Int32Array = new Int32Array(1 << 10);
  /** Where the next place of a symbol is to be written; `DROPPED` for none. */
  cursor: Int32Array = new Int32Array(1 << 10);
  readonly symbols: number[] = [];
  #logSymbols = new Int32Array(1 << 10);
  #logPlaces = new Int32Array(1 << 10);
  #logged = 0;

  /** Forgets everything and makes room for symbols below `vocabulary`. */
  start(vocabulary: number): void {
    for (const symbol of this.symbols) {
      this.count[symbol] = 0;
      this.occurrences[symbol] = 0;
    }
    this.symbols.length = 0;
    this.#logged = 0;
    if (vocabulary <= this.count.length) return;
    this.count = new Float64Array(vocabulary * 2);
    this.occurrences = new Int32Array(vocabulary * 2);
    this.cursor = new Int32Array(vocabulary * 2);
  }

  add(symbol: number, count: number, place: number): void {
    if (this.occurrences[symbol] === 0) this.symbols.push(symbol);
    this.count[symbol]! += count;
    this.occurrences[symbol]!++;
    if (this.#logged === this.#logPlaces.length) {
      this.#logSymbols = enlarge(this.#logSymbols, new Int32Array(this.#logged * 2));
      this.#logPlaces = enlarge(this.#logPlaces, new Int32Array(this.#logged * 2));
    }
    this.#logSymbols[this.#logged] = symbol;
    this.#logPlaces[this.#logged++] = place;
  }

  /** Takes back a count that was added; its place stays, and no longer holds the pair. */
  subtract(symbol: number, count: number): void {
    this.count[symbol]! -= count;
  }

  /** The places of all symbols with a count of at least `floor`. */
  occurrencesFrom(floor: number): number {
    let sum = 0;
    for (const symbol of this.symbols) if (this.count[symbol]! >= floor) sum += this.occurrences[symbol]!;
    return sum;
  }

  /** Writes the places of every symbol that has a cursor, in the order in which they were met. */
  writePlaces(places: Int32Array): void {
    for (let i = 0; i < this.#logged; i++) {
      const symbol = this.#logSymbols[i]!;
      if (this.cursor[symbol] !== DROPPED) places[this.cursor[symbol]!++] = this.#logPlaces[i]!;
    }
  }
}
