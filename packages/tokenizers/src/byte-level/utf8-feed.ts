import { emptyPieces, type Pieces, type Scanner } from './scanner.ts';

/** UTF-16 units converted at once: enough to make a call cheap, few enough that the bytes stay in the cache. */
const CHUNK = 1 << 14;

/**
 * Turns text into scanned UTF-8 pieces, a chunk at a time, so that memory does not grow with the text.
 * A lone surrogate becomes U+FFFD, as everywhere on the web.
 */
export class Utf8Feed {
  readonly #encoder = new TextEncoder();
  readonly #pieces: Pieces = emptyPieces();
  readonly #scan: Scanner;
  #bytes = new Uint8Array(CHUNK * 3);

  constructor(scanner: Scanner) {
    this.#scan = scanner;
  }

  /**
   * Calls `visit` with each batch of pieces: piece 0 starts at byte 0, piece i at `pieces.ends[i - 1]`.
   *
   * @param prefix bytes (ASCII) to put before the text: the blank of `addPrefixSpace`
   */
  forEachBatch(text: string, prefix: string, visit: (bytes: Uint8Array, pieces: Pieces) => void): void {
    let at = 0;
    let carried = 0;
    if (prefix !== '') carried = this.#encoder.encodeInto(prefix, this.#bytes).written;
    while (at < text.length || carried > 0) {
      // A long piece is scanned anew with every chunk it spans; letting the chunk grow with it keeps that linear.
      const stop = chunkEnd(text, at + Math.max(CHUNK, carried));
      this.#reserve(carried + 3 * (stop - at), carried);
      const whole = at === 0 && stop === text.length;
      const target = carried === 0 ? this.#bytes : this.#bytes.subarray(carried);
      const end = carried + this.#encoder.encodeInto(whole ? text : text.slice(at, stop), target).written;
      at = stop;
      const done = this.#scan(this.#bytes, end, at >= text.length, this.#pieces);
      visit(this.#bytes, this.#pieces);
      carried = end - done;
      if (carried > 0) this.#bytes.copyWithin(0, done, end);
    }
  }

  #reserve(size: number, used: number): void {
    if (size <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(size, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, used));
    this.#bytes = larger;
  }
}

/** The end of a chunk, moved back by one where it would cut a surrogate pair. */
function chunkEnd(text: string, wanted: number): number {
  if (wanted >= text.length) return text.length;
  const last = text.charCodeAt(wanted - 1);
  return last >= 0xd800 && last <= 0xdbff ? wanted - 1 : wanted;
}
