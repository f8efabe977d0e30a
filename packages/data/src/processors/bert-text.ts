// B batch, T time, L labels.

import type { Tensor } from '@tensorflow/tfjs-core';
import type { DataProcessor, TextExample } from '../examples.ts';
import type { Labelled } from './labelled.ts';
import { type RowBatch, RowEncoder, type RowOptions, type TokenRow } from './row-encoder.ts';
import { type LabelValue, type TextLabelOptions, TextLabels } from './text-labels.ts';
import type { TruncationCount } from './truncation-count.ts';

export interface BertTextOptions extends RowOptions, TextLabelOptions {}

/** A text or a pair as BERT reads it. */
export interface BertTextFeature extends TokenRow, Labelled<LabelValue> {}

/** What `SequenceClassification` of @tenon/heads takes. */
export interface BertTextBatch extends RowBatch {
  /**
   * int32 [B]; float32 [B, L] of 0 and 1 where several classes may hold; float32 [B] for a regression. Without labels
   * −100, which does not count, or NaN.
   */
  readonly labels: Tensor;
}

export interface BertTextProcessor extends DataProcessor<TextExample, BertTextFeature, BertTextBatch> {
  readonly labels: TextLabels;
  /** What was longer than `maxLength`. */
  readonly truncated: TruncationCount;
}

/**
 * Texts and pairs of texts as BERT reads them: `[CLS] text [SEP]`, `[CLS] text [SEP] textPair [SEP]` (Devlin et al. 2019,
 * figure 4), with the label of the whole. Of a pair that is too long, the longer text is cut first.
 *
 * @throws {TenonError} when the labels do not suit the type of the problem.
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { bertTextProcessor } from '@tenon/data';
 * import { bertTokenizer } from '@tenon/tokenizers';
 *
 * const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'a', 'fine', 'film', 'dull'];
 * const tokenizer = bertTokenizer({ vocabulary: new Map(words.map((word, id) => [word, id])) });
 * const processor = bertTextProcessor({ tokenizer, labels: ['negative', 'positive'], maxLength: 6 });
 *
 * const features = [{ text: 'a fine film', label: 'positive' }, { text: 'dull', label: 'negative' }].flatMap(
 *   (example) => processor.features(example),
 * );
 * const { inputIds, attentionMask, tokenTypeIds, labels } = processor.collate(features);
 * console.log(inputIds.arraySync()); // [ [ 2, 4, 5, 6, 3, 0 ], [ 2, 7, 3, 0, 0, 0 ] ]
 * console.log(labels.arraySync()); // [ 1, 0 ]
 * for (const tensor of [inputIds, attentionMask, tokenTypeIds, labels]) tensor.dispose();
 * ```
 */
export function bertTextProcessor(options: BertTextOptions): BertTextProcessor {
  const rows = new RowEncoder(options);
  const labels = new TextLabels(options);
  return {
    maxLength: options.maxLength,
    labels,
    truncated: rows.truncated,
    features(example) {
      const label = labels.valueOf(example);
      const { inputIds, tokenTypeIds, lost } = rows.encode(example);
      rows.truncated.add(example, lost);
      const { origin } = example;
      return [{ inputIds, tokenTypeIds, ...(label !== undefined && { label }), ...(origin && { origin }) }];
    },
    collate(features) {
      return { ...rows.collate(features), labels: labels.tensor(features) };
    },
    length: ({ inputIds }) => inputIds.length,
  };
}
