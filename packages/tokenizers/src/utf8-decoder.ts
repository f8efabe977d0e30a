import type { SegmentDecoder } from './segment-model.ts';

/** A decoder for vocabularies whose tokens are bytes: gathers them and turns whole characters into text. */
export class Utf8Decoder implements SegmentDecoder {
  readonly #encoder = new TextEncoder();
  // A U+FEFF is a character like any other here, not a mark to swallow.
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  readonly #bytesOf: (id: number) => Uint8Array;
  #bytes = new Uint8Array(64);
  #length = 0;

  constructor(bytesOf: (id: number) => Uint8Array) {
    this.#bytesOf = bytesOf;
  }

  token(id: number): void {
    this.#append(this.#bytesOf(id));
  }

  added(content: string): void {
    this.#append(this.#encoder.encode(content));
  }

  read(): string {
    return this.#take(true);
  }

  flush(): string {
    return this.#take(false);
  }

  #append(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = needed;
  }

  #take(stream: boolean): string {
    const text = this.#decoder.decode(this.#bytes.subarray(0, this.#length), { stream });
    this.#length = 0;
    return text;
  }
}
