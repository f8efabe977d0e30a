// B batch, T time, K characters of a word.

import { assertWhole } from '@tenon/core';
import { elmoCharacterIds } from '@tenon/tokenizers';
import { type Tensor2D, type Tensor3D, tensor3d } from '@tensorflow/tfjs-core';
import { maskOfRows, type PaddingOptions, paddedLength } from './padded-rows.ts';

/** How words become rows of characters. */
export interface ELMoRowOptions extends PaddingOptions {
  /** The most words of a row; what is longer is cut. LSTMs themselves know no limit. @default no limit */
  readonly maxLength?: number;
  /** K: ids of each word, with its marks; what is longer is cut off. @default 50 */
  readonly maxCharacters?: number;
}

/** The words of one text. */
export interface ELMoRow {
  /** [T][K] */
  readonly characterIds: readonly (readonly number[])[];
}

/** Rows of words as ELMo takes them. */
export interface ELMoRowBatch {
  /** int32 [B, T, K], 0 where there is padding. */
  readonly characterIds: Tensor3D;
  /** int32 [B, T], 1 = word, 0 = padding. */
  readonly attentionMask: Tensor2D;
}

/** What the processors for ELMo share: words in, batches of their characters out. */
export class ELMoRowEncoder {
  readonly #maxLength: number;
  readonly #characters: number;
  readonly #multiple: number;

  constructor({ maxLength = Infinity, maxCharacters = 50, padToMultipleOf = 8 }: ELMoRowOptions) {
    if (maxLength !== Infinity) assertWhole('maxLength', maxLength);
    assertWhole('padToMultipleOf', padToMultipleOf);
    this.#maxLength = maxLength;
    this.#characters = maxCharacters;
    this.#multiple = padToMultipleOf;
  }

  /** The words that the model sees, by their characters. */
  encode(words: readonly string[]): ELMoRow {
    const seen = words.slice(0, this.#maxLength);
    return { characterIds: elmoCharacterIds(seen, { maxCharacters: this.#characters }) };
  }

  collate(rows: readonly ELMoRow[]): ELMoRowBatch {
    const words = rows.map(({ characterIds }) => characterIds);
    const longest = Math.max(...words.map(({ length }) => length));
    const T = paddedLength(longest, this.#multiple, this.#maxLength);
    const K = this.#characters;
    const characters = new Int32Array(rows.length * T * K);
    words.forEach((row, b) => {
      row.forEach((word, t) => {
        characters.set(word, (b * T + t) * K);
      });
    });
    return {
      characterIds: tensor3d(characters, [rows.length, T, K], 'int32'),
      attentionMask: maskOfRows(words, T),
    };
  }
}
