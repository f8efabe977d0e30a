import type { TextInput, Tokenizer } from '@tenon/tokenizers';
import type { TokenRow } from '../processors/row-encoder.ts';

type Piece =
  | { readonly kind: 'special'; readonly id: number; readonly typeId: number }
  | { readonly kind: 'text'; readonly sequence: number; readonly typeId: number };

/** Puts a tokenizer's template around texts that are token ids already. */
export class Template {
  readonly #pieces: readonly Piece[];

  /** @param sample texts that have at least one token each: what the tokenizer puts around them is the template. */
  constructor(tokenizer: Tokenizer, sample: TextInput, sampleOfPair?: TextInput) {
    const { ids, typeIds, sequenceIds } = tokenizer.encode(sample, {
      ...(sampleOfPair !== undefined && { textPair: sampleOfPair }),
      truncation: false,
      padding: false,
    });
    this.#pieces = sequenceIds.flatMap((sequence, i): Piece[] => {
      const typeId = typeIds[i]!;
      if (sequence === null) return [{ kind: 'special', id: ids[i]!, typeId }];
      return sequence === sequenceIds[i - 1] ? [] : [{ kind: 'text', sequence, typeId }];
    });
  }

  /** Tokens that the template adds. */
  get size(): number {
    return this.#pieces.filter(({ kind }) => kind === 'special').length;
  }

  /** A row of one text, or of two. */
  row(...texts: readonly ArrayLike<number>[]): TokenRow {
    const inputIds: number[] = [];
    const tokenTypeIds: number[] = [];
    for (const piece of this.#pieces) {
      const ids = piece.kind === 'special' ? [piece.id] : Array.from(texts[piece.sequence]!);
      inputIds.push(...ids);
      tokenTypeIds.push(...ids.map(() => piece.typeId));
    }
    return { inputIds: Int32Array.from(inputIds), tokenTypeIds: Int32Array.from(tokenTypeIds) };
  }
}
