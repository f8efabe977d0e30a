import { BOUNDARY, type WordCounts } from '../training/word-counts.ts';
import { WordTable } from '../training/word-table.ts';
import { scanPieces } from './scanner.ts';
import { Utf8Feed } from './utf8-feed.ts';

/** Counts the distinct pieces of a stream of texts. */
export class WordCounter {
  readonly #feed = new Utf8Feed(scanPieces);
  #table = new WordTable();

  /** Distinct pieces so far. */
  get words(): number {
    return this.#table.size;
  }

  add(text: string, prefix: string): void {
    this.#feed.forEachBatch(text, prefix, (bytes, { ends, hashes, count }) => {
      let start = 0;
      for (let i = 0; i < count; i++) {
        const end = ends[i]!;
        this.#table.add(bytes, start, end, hashes[i]!);
        start = end;
      }
    });
  }

  /** The words as symbols, one a byte, in order of first appearance. The counter is empty afterwards. */
  finish(symbolOfByte: Int32Array): WordCounts {
    const table = this.#table;
    const symbols = new Int32Array(table.bytes + table.size + 1);
    let at = 0;
    table.forEach((bytes, start, end) => {
      symbols[at++] = BOUNDARY;
      for (let i = start; i < end; i++) symbols[at++] = symbolOfByte[bytes[i]!]!;
    });
    symbols[at] = BOUNDARY;
    const { counts } = table;
    this.#table = new WordTable();
    return { symbols, counts };
  }
}
