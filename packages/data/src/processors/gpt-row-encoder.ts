// N rows, T time.

import { assertWhole } from '@tenon/core';
import type { Tokenizer } from '@tenon/tokenizers';
import type { Origin } from '../examples.ts';
import { type GPTBatch, gptBatch } from '../gpt-batch.ts';
import type { GPTRow, GPTRowOptions } from '../gpt-rows.ts';
import { assertNotEmpty, assertText } from './assert-text.ts';
import { type PaddingOptions, paddedLength } from './padded-rows.ts';
import { TruncationCount } from './truncation-count.ts';

/** How texts become GPT's sequences. */
export interface GPTProcessorOptions extends GPTRowOptions, PaddingOptions {
  readonly tokenizer: Tokenizer;
}

/** What the processors for GPT share: texts in, sequences of its input transformations, batches out. */
export class GPTRowEncoder {
  readonly truncated: TruncationCount = new TruncationCount();
  readonly rowOptions: Required<GPTRowOptions>;
  readonly #tokenizer: Tokenizer;
  readonly #multiple: number;

  constructor({ tokenizer, tokens, maxLength = 512, padToMultipleOf = 8 }: GPTProcessorOptions) {
    assertWhole('padToMultipleOf', padToMultipleOf);
    this.rowOptions = { tokens, maxLength };
    this.#tokenizer = tokenizer;
    this.#multiple = padToMultipleOf;
  }

  /** The tokens of a text alone. @throws {TenonError} when it is none, or has none. */
  ids(field: string, text: string, origin: Origin | undefined): number[] {
    assertText(field, text, origin);
    const ids = this.#tokenizer.encodeIds(text, {
      addSpecialTokens: false,
      truncation: false,
      padding: false,
    });
    assertNotEmpty(field, text, ids.length, origin);
    return [...ids];
  }

  collate(rows: readonly GPTRow[]): GPTBatch {
    const longest = Math.max(...rows.map(({ ids }) => ids.length));
    return gptBatch(rows, { length: paddedLength(longest, this.#multiple, this.rowOptions.maxLength) });
  }
}
