/** Start and end (exclusive) in the text that was encoded, counted in UTF-16 code units as `text.slice` does. */
export type Offset = readonly [start: number, end: number];

/** What an `Encoding` asks its tokenizer for, when asked. */
export interface EncodingSource {
  token(id: number): string;
  isSpecial(id: number): boolean;
  /** Starts and ends, alternating, [2 T]. */
  offsets(): Int32Array;
}

/** An encoded text of T tokens. All but the ids is worked out when it is first read. */
export class Encoding {
  /** int32 [T] */
  readonly ids: Int32Array;
  readonly #source: EncodingSource;
  #tokens: readonly string[] | undefined;
  #offsets: readonly Offset[] | undefined;

  constructor(ids: Int32Array, source: EncodingSource) {
    this.ids = ids;
    this.#source = source;
  }

  get length(): number {
    return this.ids.length;
  }

  /** The tokens as the vocabulary spells them (`Ġworld`), [T]. */
  get tokens(): readonly string[] {
    this.#tokens ??= Array.from(this.ids, (id) => this.#source.token(id));
    return this.#tokens;
  }

  /**
   * Where each token lies in the original text, [T], in UTF-16 code units: `text.slice(...offsets[i])`.
   * A token that holds only some bytes of a character covers the whole character.
   */
  get offsets(): readonly Offset[] {
    if (this.#offsets === undefined) {
      const flat = this.#source.offsets();
      this.#offsets = Array.from(this.ids, (_, i): Offset => [flat[2 * i]!, flat[2 * i + 1]!]);
    }
    return this.#offsets;
  }

  /** 1 for a special token, 0 for text; int32 [T]. */
  get specialTokensMask(): Int32Array {
    return this.ids.map((id) => (this.#source.isSpecial(id) ? 1 : 0));
  }

  /** 1 for a token, 0 for padding; int32 [T]. */
  get attentionMask(): Int32Array {
    return new Int32Array(this.ids.length).fill(1);
  }
}
