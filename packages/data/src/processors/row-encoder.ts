// B batch, T time.

import { assertWhole } from '@tenon/core';
import type { Tokenizer } from '@tenon/tokenizers';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { type EncodedText, type ExampleTexts, encodeWithin } from './encode-within.ts';
import { maskOfRows, type PaddingOptions, paddedLength, paddedRows } from './padded-rows.ts';
import { TruncationCount } from './truncation-count.ts';

/** How texts become rows of tokens. */
export interface RowOptions extends PaddingOptions {
  /** Any whose `encode` puts the model's template around a text and around a pair. */
  readonly tokenizer: Tokenizer;
  /** The most tokens of a row, the template's among them: what the model can read, or less. What is longer is cut. */
  readonly maxLength: number;
}

/** The tokens of one text or pair. */
export interface TokenRow {
  /** int32 [T], the template's tokens among them. */
  readonly inputIds: Int32Array;
  /** int32 [T]: 1 for the second text of a pair. */
  readonly tokenTypeIds: Int32Array;
}

/** Rows of tokens as a model takes them. */
export interface RowBatch {
  /** int32 [B, T], filled up on the right. */
  readonly inputIds: Tensor2D;
  /** int32 [B, T], 1 = token, 0 = padding. */
  readonly attentionMask: Tensor2D;
  /** int32 [B, T] */
  readonly tokenTypeIds: Tensor2D;
}

/** What the processors for BERT share: texts in, rows of tokens, batches out. */
export class RowEncoder {
  readonly truncated: TruncationCount;
  readonly #tokenizer: Tokenizer;
  readonly #maxLength: number;
  readonly #multiple: number;
  readonly #padding: number;

  constructor(
    { tokenizer, maxLength, padToMultipleOf = 8 }: RowOptions,
    truncated: TruncationCount = new TruncationCount(),
  ) {
    assertWhole('maxLength', maxLength);
    assertWhole('padToMultipleOf', padToMultipleOf);
    this.truncated = truncated;
    this.#tokenizer = tokenizer;
    this.#maxLength = maxLength;
    this.#multiple = padToMultipleOf;
    this.#padding = tokenizer.tokenToId('[PAD]') ?? tokenizer.tokenToId('<pad>') ?? 0;
  }

  /** @throws {TenonError} when there is nothing to read in a text. */
  encode(texts: ExampleTexts): EncodedText {
    return encodeWithin(this.#tokenizer, texts, this.#maxLength);
  }

  collate(rows: readonly TokenRow[]): RowBatch {
    const ids = rows.map(({ inputIds }) => inputIds);
    const longest = Math.max(...ids.map(({ length }) => length));
    const T = paddedLength(longest, this.#multiple, this.#maxLength);
    return {
      inputIds: paddedRows(ids, T, this.#padding),
      attentionMask: maskOfRows(ids, T),
      tokenTypeIds: paddedRows(
        rows.map(({ tokenTypeIds }) => tokenTypeIds),
        T,
        0,
      ),
    };
  }
}
