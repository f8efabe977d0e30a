import type { SegmentDecoder } from './segment-model.ts';

/** A decoder for vocabularies whose tokens are whole characters, to be put one after the other. */
export class StringDecoder implements SegmentDecoder {
  readonly #textOf: (id: number) => string;
  #text = '';

  constructor(textOf: (id: number) => string) {
    this.#textOf = textOf;
  }

  token(id: number): void {
    this.#text += this.#textOf(id);
  }

  added(content: string): void {
    this.#text += content;
  }

  read(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }

  flush(): string {
    return this.read();
  }
}
