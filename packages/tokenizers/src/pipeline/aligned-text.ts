import { IdBuffer } from '../id-buffer.ts';

/**
 * A text on its way through normalisation and, where it is tracked, the place in the original that each of its
 * UTF-16 units came from. Texts that only need ids are not tracked, which is cheaper.
 */
export class AlignedText {
  readonly text: string;
  readonly tracked: boolean;
  /** Where in the original the text begins. */
  readonly base: number;
  readonly #starts: Int32Array | undefined;
  readonly #ends: Int32Array | undefined;

  constructor(
    text: string,
    tracked: boolean,
    base: number,
    alignment?: { readonly starts: Int32Array; readonly ends: Int32Array },
  ) {
    this.text = text;
    this.tracked = tracked;
    this.base = base;
    this.#starts = alignment?.starts;
    this.#ends = alignment?.ends;
  }

  /** Where in the original unit `at` begins. */
  startOf(at: number): number {
    return this.#starts === undefined ? this.base + at : this.#starts[at]!;
  }

  /** Where in the original unit `at` ends (exclusive). */
  endOf(at: number): number {
    return this.#ends === undefined ? this.base + at + 1 : this.#ends[at]!;
  }

  /** The same units with other characters in them. */
  replacedBy(text: string): AlignedText {
    return new AlignedText(text, this.tracked, this.base, this.#alignment());
  }

  slice(from: number, to: number): AlignedText {
    const text = this.text.slice(from, to);
    if (this.#starts === undefined || this.#ends === undefined) {
      return new AlignedText(text, this.tracked, this.base + from);
    }
    const alignment = { starts: this.#starts.subarray(from, to), ends: this.#ends.subarray(from, to) };
    return new AlignedText(text, this.tracked, this.base, alignment);
  }

  #alignment(): { starts: Int32Array; ends: Int32Array } | undefined {
    if (this.#starts === undefined || this.#ends === undefined) return undefined;
    return { starts: this.#starts, ends: this.#ends };
  }
}

/** Builds the next text of a normalisation from stretches of the last one and from new characters. */
export class Rewriter {
  readonly #source: AlignedText;
  readonly #starts = new IdBuffer();
  readonly #ends = new IdBuffer();
  #text = '';
  #base: number | undefined; // where in the original the first of it lay: all that an untracked text knows

  constructor(source: AlignedText) {
    this.#source = source;
  }

  /** Units written so far. */
  get length(): number {
    return this.#text.length;
  }

  /** Takes units [from, to) of the source as they are. */
  keep(from: number, to: number): void {
    if (from >= to) return;
    this.#text += this.#source.text.slice(from, to);
    this.#base ??= this.#source.startOf(from);
    if (!this.#source.tracked) return;
    for (let at = from; at < to; at++) {
      this.#starts.push(this.#source.startOf(at));
      this.#ends.push(this.#source.endOf(at));
    }
  }

  /** Writes new characters that stand for units [from, to) of the source. */
  put(text: string, from: number, to: number): void {
    this.#text += text;
    this.#base ??= this.#source.startOf(from);
    if (!this.#source.tracked) return;
    const start = this.#source.startOf(from);
    const end = this.#source.endOf(to - 1);
    for (let i = 0; i < text.length; i++) {
      this.#starts.push(start);
      this.#ends.push(end);
    }
  }

  finish(): AlignedText {
    const { tracked } = this.#source;
    const base = this.#base ?? this.#source.base;
    if (!tracked) return new AlignedText(this.#text, false, base);
    const alignment = { starts: this.#starts.toArray(), ends: this.#ends.toArray() };
    return new AlignedText(this.#text, true, base, alignment);
  }
}

/** One step of normalisation. */
export type Normalizer = (source: AlignedText) => AlignedText;
