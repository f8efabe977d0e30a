const FREE = -1;
const FIRST_SLOTS = 1 << 12;
/** Words per slot, at most: memory matters more here than a longer search. */
const LOAD = 0.75;

// A word is a record of whole units of 8 bytes: its count, its hash and its length, its bytes.
const UNIT = 8;
const HEAD = 2 * UNIT;
/** Units of a chunk, as a power of two. Records lie in chunks: arrays that grew would leave dead ones behind. */
const CHUNK_BITS = 15;
const IN_CHUNK = (1 << CHUNK_BITS) - 1;

/** One stretch of memory, seen in three ways. */
class Chunk {
  readonly counts: Float64Array;
  readonly ints: Int32Array;
  readonly bytes: Uint8Array;
  /** Units in use. */
  used = 0;

  constructor(units: number) {
    this.counts = new Float64Array(units);
    this.ints = new Int32Array(this.counts.buffer);
    this.bytes = new Uint8Array(this.counts.buffer);
  }
}

/** Distinct words, as UTF-8, and how often each was met; memory grows with the words, not with the text. */
export class WordTable {
  /** Where the records start: the number of the chunk and the unit in it. */
  #slots = new Int32Array(FIRST_SLOTS).fill(FREE);
  readonly #chunks: Chunk[] = [];
  #size = 0;
  #bytes = 0;
  #longest = 0;

  /** Distinct words so far. */
  get size(): number {
    return this.#size;
  }

  /** Bytes of all distinct words together. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes of the longest word. */
  get longest(): number {
    return this.#longest;
  }

  /** Counts the word `bytes[start … end)` once more. */
  add(bytes: Uint8Array, start: number, end: number, hash: number): void {
    const last = this.#slots.length - 1;
    let slot = mix(hash) & last;
    for (; this.#slots[slot] !== FREE; slot = (slot + 1) & last) {
      const record = this.#slots[slot]!;
      const chunk = this.#chunks[record >>> CHUNK_BITS]!;
      const unit = record & IN_CHUNK;
      if (chunk.ints[2 * unit + 2] === hash && holds(chunk, unit, bytes, start, end)) {
        chunk.counts[unit]!++;
        return;
      }
    }
    this.#slots[slot] = this.#keep(bytes, start, end, hash);
    if (this.#size === this.#slots.length * LOAD) this.#grow();
  }

  /** Visits the words `bytes[start … end)` in order of first appearance. */
  forEach(visit: (bytes: Uint8Array, start: number, end: number, count: number) => void): void {
    this.#forEachRecord(({ counts, ints, bytes }, unit) => {
      const start = unit * UNIT + HEAD;
      visit(bytes, start, start + ints[2 * unit + 3]!, counts[unit]!);
    });
  }

  #keep(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const length = end - start;
    const units = unitsOf(length);
    let chunk = this.#chunks.at(-1);
    if (chunk === undefined || chunk.used + units > IN_CHUNK + 1) {
      chunk = new Chunk(Math.max(units, IN_CHUNK + 1));
      this.#chunks.push(chunk);
    }
    const unit = chunk.used;
    chunk.counts[unit] = 1;
    chunk.ints[2 * unit + 2] = hash;
    chunk.ints[2 * unit + 3] = length;
    for (let i = start, to = unit * UNIT + HEAD; i < end; i++, to++) chunk.bytes[to] = bytes[i]!;
    chunk.used += units;
    this.#size++;
    this.#bytes += length;
    this.#longest = Math.max(this.#longest, length);
    return ((this.#chunks.length - 1) << CHUNK_BITS) | unit;
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(FREE);
    const last = slots.length - 1;
    this.#forEachRecord(({ ints }, unit, number) => {
      let slot = mix(ints[2 * unit + 2]!) & last;
      while (slots[slot] !== FREE) slot = (slot + 1) & last;
      slots[slot] = (number << CHUNK_BITS) | unit;
    });
    this.#slots = slots;
  }

  #forEachRecord(visit: (chunk: Chunk, unit: number, number: number) => void): void {
    for (const [number, chunk] of this.#chunks.entries()) {
      for (let unit = 0; unit < chunk.used; unit += unitsOf(chunk.ints[2 * unit + 3]!)) {
        visit(chunk, unit, number);
      }
    }
  }
}

function holds(chunk: Chunk, unit: number, bytes: Uint8Array, start: number, end: number): boolean {
  if (chunk.ints[2 * unit + 3] !== end - start) return false;
  for (let i = start, at = unit * UNIT + HEAD; i < end; i++, at++) {
    if (chunk.bytes[at] !== bytes[i]) return false;
  }
  return true;
}

/** What a record of so many bytes takes. */
function unitsOf(length: number): number {
  return Math.ceil((HEAD + length) / UNIT);
}

function mix(hash: number): number {
  return hash ^ (hash >>> 15);
}
