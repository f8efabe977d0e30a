import { BOUNDARY, lineOfSymbols, type WordCounts } from '../training/word-counts.ts';
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

  /**
   * The words as symbols, one a byte, in order of first appearance. The counter is empty afterwards.
   *
   * @param vocabularySize above any symbol that the words are going to have
   */
  finish(symbolOfByte: Int32Array, vocabularySize: number): WordCounts {
    const table = this.#table;
    const largest = Math.max(vocabularySize, table.longest);
    const symbols = lineOfSymbols(table.bytes + table.size + 1, largest);
    const counts = new Float64Array(table.size);
    let at = 0;
    let word = 0;
    table.forEach((bytes, start, end, count) => {
      counts[word++] = count;
      symbols[at++] = BOUNDARY;
      for (let i = start; i < end; i++) symbols[at++] = symbolOfByte[bytes[i]!]!;
    });
    symbols[at] = BOUNDARY;
    this.#table = new WordTable();
    return { symbols, counts };
  }
}
