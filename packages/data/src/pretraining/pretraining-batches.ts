// B batch, T time, P predictions.

import { assertWhole, type BatchSource, type RandomStream } from '@tenon/core';
import type { Tokenizer } from '@tenon/tokenizers';
import { type Tensor1D, type Tensor2D, tensor1d } from '@tensorflow/tfjs-core';
import { type BatchOrderOptions, batches } from '../batches.ts';
import type { DocumentExample, Examples } from '../examples.ts';
import { IGNORED } from '../processors/labelled.ts';
import { maskOfRows, paddedRows } from '../processors/padded-rows.ts';
import type { RowBatch, TokenRow } from '../processors/row-encoder.ts';
import { sentenceTokens } from './document-tokens.ts';
import { type NextSentenceOptions, nextSentenceExamples } from './next-sentence.ts';
import { packTokens } from './pack-tokens.ts';
import { Template } from './template.ts';
import { type TokenMaskerOptions, tokenMasker } from './token-masker.ts';

/** What `MaskedLM` of @tenon/heads takes. */
export interface MaskedTokenBatch extends RowBatch {
  /** int32 [B, P]: the places to predict at, 0 where there are fewer. */
  readonly maskedPositions: Tensor2D;
  /** int32 [B, P]: the tokens that were there, −100 where there are fewer. */
  readonly maskedIds: Tensor2D;
}

/** What `Pretraining` of @tenon/heads takes. */
export interface BertPretrainingBatch extends MaskedTokenBatch {
  /** int32 [B]: 0 where the second text follows the first, 1 where it is from another document. */
  readonly nextSentenceLabels: Tensor1D;
}

export interface MaskedTokenOptions extends BatchOrderOptions, TokenMaskerOptions {
  /** T: the most tokens of a row; every batch is filled up to it, so that all have one shape. @default 128 */
  readonly maxLength?: number;
  /** P: the most tokens to predict in a row. @default as many as `probability` gives of `maxLength` */
  readonly maxPredictions?: number;
}

export interface BertPretrainingOptions
  extends MaskedTokenOptions,
    Pick<NextSentenceOptions, 'shortSequenceProbability' | 'dupeFactor'> {}

/**
 * BERT's first training from raw text: masked words, and pairs of which half follow one another (Devlin et al. 2019,
 * section 3.1). Masks are new in every epoch, pairs with every `dupeFactor`; both depend on the seed alone, so that a run
 * that is resumed goes on with just the batches it would have seen. A tokenizer that sets each Chinese character apart, as
 * BERT's does, makes it work for Chinese as it is.
 *
 * @throws {TenonError} as `nextSentenceExamples`, `tokenMasker` and `batches` do.
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { bertPretrainingBatches } from '@tenon/data';
 * import { bertTokenizer } from '@tenon/tokenizers';
 *
 * const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'it', 'rains', 'a', 'lot'];
 * const tokenizer = bertTokenizer({ vocabulary: new Map(words.map((word, id) => [word, id])) });
 * const documents = [{ sentences: ['it rains', 'a lot'] }, { sentences: ['lot a', 'rains it'] }];
 * const source = bertPretrainingBatches(documents, { tokenizer, maxLength: 16, batchSize: 2 });
 * const batch = (await source.next())!;
 * console.log(batch.inputIds.shape, batch.maskedIds.shape); // [ 2, 16 ] [ 2, 2 ]
 * for (const tensor of Object.values(batch)) tensor.dispose();
 * ```
 */
export function bertPretrainingBatches(
  documents: readonly DocumentExample[],
  options: BertPretrainingOptions,
): BatchSource<BertPretrainingBatch> {
  const { tokenizer, maxLength = 128 } = options;
  const pairs = nextSentenceExamples(documents, { ...options, maxLength });
  const sample = sampleOf(documents, tokenizer);
  const template = new Template(tokenizer, sample, sample);
  const masked = maskedRows({ ...options, maxLength });
  return batches(pairs, {
    ...options,
    collate: (examples, random) => ({
      ...masked(
        examples.map(({ first, second }) => template.row(first, second)),
        random,
      ),
      nextSentenceLabels: tensor1d(
        examples.map(({ follows }) => (follows ? 0 : 1)),
        'int32',
      ),
    }),
  });
}

/**
 * Masked words alone, from raw text in memory or on disk: each document is cut into rows of `maxLength`, the last of them
 * shorter. For the first training without pairs, and for going on with it on the text of a task.
 *
 * @throws {TenonError} when a document has nothing to read, and as `tokenMasker` and `batches` do.
 */
export function maskedTokenBatches(
  documents: Examples<DocumentExample>,
  options: MaskedTokenOptions,
): BatchSource<MaskedTokenBatch> {
  const { tokenizer, maxLength = 128 } = options;
  let template: Template | undefined; // to be seen around the first text that has tokens
  return batches(documents, {
    ...options,
    features(document) {
      const sentences = sentenceTokens(document, tokenizer);
      template ??= new Template(tokenizer, sampleOf([document], tokenizer));
      assertWhole('maskedTokenBatches: maxLength', maxLength, template.size + 1);
      const { blocks, rest } = packTokens(sentences, { length: maxLength - template.size });
      return [...blocks, ...(rest.length > 0 ? [rest] : [])].map((ids) => template!.row(ids));
    },
    collate: maskedRows({ ...options, maxLength }),
  });
}

/** Rows to a batch with new masks. */
function maskedRows(
  options: MaskedTokenOptions & { readonly maxLength: number },
): (rows: readonly TokenRow[], random: RandomStream) => MaskedTokenBatch {
  const { tokenizer, maxLength: T, probability = 0.15 } = options;
  const { maxPredictions: P = Math.max(1, Math.round(T * probability)) } = options;
  const mask = tokenMasker({ ...options, maxPredictions: P });
  const padding = tokenizer.tokenToId('[PAD]') ?? tokenizer.tokenToId('<pad>') ?? 0;
  return (rows, random) => {
    const masked = rows.map(({ inputIds }) => mask(inputIds, random));
    const ids = masked.map(({ inputIds }) => inputIds);
    return {
      inputIds: paddedRows(ids, T, padding),
      attentionMask: maskOfRows(ids, T),
      tokenTypeIds: paddedRows(
        rows.map(({ tokenTypeIds }) => tokenTypeIds),
        T,
        0,
      ),
      maskedPositions: paddedRows(
        masked.map(({ positions }) => positions),
        P,
        0,
      ),
      maskedIds: paddedRows(
        masked.map(({ words }) => words),
        P,
        IGNORED,
      ),
    };
  };
}

/** A sentence with a token, to see the tokenizer's template around it. */
function sampleOf(documents: readonly DocumentExample[], tokenizer: Tokenizer): string {
  const hasTokens = (sentence: string): boolean =>
    tokenizer.countTokens(sentence, { addSpecialTokens: false }) > 0;
  for (const { sentences } of documents) {
    const found = sentences.find(hasTokens);
    if (found !== undefined) return found;
  }
  return ''; // then there is no row to put a template around
}
