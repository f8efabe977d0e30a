/** Start and end (exclusive) in the text that was encoded, counted in UTF-16 code units as `text.slice` does. */
export type Offset = readonly [start: number, end: number];

/** One text (or list of words) as the model sees it, before anything is added to it or cut off. */
export interface EncodedSequence {
  /** int32 [T] */
  readonly ids: Int32Array;
  /** Positions of the special tokens that were found in the text. */
  readonly specials: readonly number[];
  /** Starts and ends in the text, alternating, [2 T], and numbers of words, [T]. Worked out on the first call. */
  places(): { readonly offsets: Int32Array; readonly words: Int32Array };
}

/** What an encoding is made of, in order: pieces of texts, and tokens that stand for no text. */
export type EncodingPart =
  | {
      readonly kind: 'text';
      /** 0 for the first text, 1 for its pair. */
      readonly sequence: number;
      readonly source: EncodedSequence;
      readonly from: number;
      readonly to: number;
      readonly typeId: number;
    }
  | { readonly kind: 'special' | 'padding'; readonly ids: readonly number[]; readonly typeId: number };

/** The spelling of an id in the vocabulary. */
export type Spelling = (id: number) => string;

/** An encoded text, or pair of texts, of T tokens. All but the ids is worked out when it is first read. */
export class Encoding {
  /** int32 [T] */
  readonly ids: Int32Array;
  /** What truncation cut off, in windows that overlap by `stride` tokens. */
  readonly overflowing: readonly Encoding[];
  readonly #parts: readonly EncodingPart[];
  readonly #spelling: Spelling;
  #tokens: readonly string[] | undefined;
  #offsets: readonly Offset[] | undefined;

  constructor(parts: readonly EncodingPart[], spelling: Spelling, overflowing: readonly Encoding[] = []) {
    this.#parts = parts;
    this.#spelling = spelling;
    this.overflowing = overflowing;
    this.ids = idsOf(parts);
  }

  get length(): number {
    return this.ids.length;
  }

  /** The tokens as the vocabulary spells them (`Ġworld`, `##ing`), [T]. */
  get tokens(): readonly string[] {
    this.#tokens ??= Array.from(this.ids, (id) => this.#spelling(id));
    return this.#tokens;
  }

  /**
   * Where each token lies in its original text, [T], in UTF-16 code units: `text.slice(...offsets[i])`. For words
   * given one by one, in its word. A token that holds only some bytes of a character covers the whole character;
   * one that stands for no text has [0, 0].
   */
  get offsets(): readonly Offset[] {
    if (this.#offsets !== undefined) return this.#offsets;
    const found: Offset[] = []; // one list, since a long text has very many
    for (const part of this.#parts) {
      if (part.kind === 'text') {
        const { offsets } = part.source.places();
        for (let i = part.from; i < part.to; i++) found.push([offsets[2 * i]!, offsets[2 * i + 1]!]);
      } else for (let i = 0; i < part.ids.length; i++) found.push([0, 0]);
    }
    this.#offsets = found;
    return found;
  }

  /** The number of each token's word in its text, counted from 0, or `null` where there is no text; [T]. */
  get wordIds(): readonly (number | null)[] {
    return this.#parts.flatMap((part): (number | null)[] =>
      part.kind === 'text'
        ? Array.from(part.source.places().words.subarray(part.from, part.to))
        : part.ids.map(() => null),
    );
  }

  /** 0 for the first text, 1 for its pair, `null` where there is no text; [T]. */
  get sequenceIds(): readonly (number | null)[] {
    return this.#parts.flatMap((part) =>
      Array<number | null>(lengthOf(part)).fill(part.kind === 'text' ? part.sequence : null),
    );
  }

  /** Token type (segment) ids, as the tokenizer's template gives them; int32 [T]. */
  get typeIds(): Int32Array {
    return this.#mask((part) => part.typeId);
  }

  /**
   * 1 for a token of the template, for padding and for a special token found in the text (`allowedSpecial`), 0 for text,
   * also where it is unknown; int32 [T].
   */
  get specialTokensMask(): Int32Array {
    const mask = this.#mask((part) => (part.kind === 'text' ? 0 : 1));
    let at = 0;
    for (const part of this.#parts) {
      if (part.kind === 'text') {
        for (const i of part.source.specials) if (i >= part.from && i < part.to) mask[at + i - part.from] = 1;
      }
      at += lengthOf(part);
    }
    return mask;
  }

  /** 1 for a token, 0 for padding; int32 [T]. */
  get attentionMask(): Int32Array {
    return this.#mask((part) => (part.kind === 'padding' ? 0 : 1));
  }

  /**
   * The token that holds the character at UTF-16 unit `position` of a text: where a span begins or ends.
   *
   * @param sequence 0 for the first text, 1 for its pair
   */
  charToToken(position: number, sequence = 0): number | undefined {
    let at = 0;
    for (const part of this.#parts) {
      if (part.kind === 'text' && part.sequence === sequence) {
        const { offsets } = part.source.places();
        for (let i = part.from; i < part.to; i++) {
          if (offsets[2 * i]! <= position && position < offsets[2 * i + 1]!) return at + i - part.from;
        }
      }
      at += lengthOf(part);
    }
    return undefined;
  }

  #mask(entry: (part: EncodingPart) => number): Int32Array {
    const mask = new Int32Array(this.ids.length);
    let at = 0;
    for (const part of this.#parts) {
      const end = at + lengthOf(part);
      mask.fill(entry(part), at, end);
      at = end;
    }
    return mask;
  }
}

function idsOf(parts: readonly EncodingPart[]): Int32Array {
  const [only] = parts;
  if (parts.length === 1 && only?.kind === 'text') return only.source.ids.subarray(only.from, only.to);
  const ids = new Int32Array(parts.reduce((sum, part) => sum + lengthOf(part), 0));
  let at = 0;
  for (const part of parts) {
    ids.set(part.kind === 'text' ? part.source.ids.subarray(part.from, part.to) : part.ids, at);
    at += lengthOf(part);
  }
  return ids;
}

export function lengthOf(part: EncodingPart): number {
  return part.kind === 'text' ? part.to - part.from : part.ids.length;
}
