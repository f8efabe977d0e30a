// N rows: one for each text of a batch, or two. T time, L labels.

import { TenonError } from '@tenon/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { DataProcessor, TextExample } from '../examples.ts';
import type { GPTBatch } from '../gpt-batch.ts';
import { type GPTRow, gptPairRow, gptSimilarityRows, gptTextRow } from '../gpt-rows.ts';
import { type GPTProcessorOptions, GPTRowEncoder } from './gpt-row-encoder.ts';
import type { Labelled } from './labelled.ts';
import { subjectOf } from './subject-of.ts';
import { type LabelValue, type TextLabelOptions, TextLabels } from './text-labels.ts';
import type { TruncationCount } from './truncation-count.ts';

export interface GPTTextOptions extends GPTProcessorOptions, TextLabelOptions {}

/** A text as GPT reads it: in one sequence, or in two. */
export interface GPTTextFeature extends Labelled<LabelValue> {
  readonly rows: readonly GPTRow[];
}

/** What `SequenceClassification` and `Similarity` of @tenon/heads take. */
export interface GPTTextBatch extends GPTBatch {
  /**
   * int32 [B]; float32 [B, L] of 0 and 1 where several classes may hold; float32 [B] for a regression. Without labels
   * −100, which does not count, or NaN.
   */
  readonly labels: Tensor;
}

export interface GPTTextProcessor extends DataProcessor<TextExample, GPTTextFeature, GPTTextBatch> {
  readonly labels: TextLabels;
  /** What was longer than `maxLength`. */
  readonly truncated: TruncationCount;
}

/**
 * Texts to classify, and pairs whose order matters (premise and hypothesis), as GPT reads them: start, text, extract;
 * start, text, delimiter, textPair, extract (Radford et al. 2018, figure 1).
 *
 * @throws {TenonError} when the labels do not suit the type of the problem.
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { gptSpecialTokens, gptTextProcessor } from '@tenon/data';
 * import { trainCharTokenizer } from '@tenon/tokenizers/training';
 *
 * const tokenizer = await trainCharTokenizer('abc');
 * const tokens = gptSpecialTokens(tokenizer);
 * const processor = gptTextProcessor({ tokenizer, tokens, labels: ['false', 'true'] });
 * const [feature] = processor.features({ text: 'ab', textPair: 'c', label: 'true' });
 * console.log(feature?.rows[0]?.ids); // [ 3, 0, 1, 4, 2, 5 ]
 * ```
 */
export function gptTextProcessor(options: GPTTextOptions): GPTTextProcessor {
  return processor(options, ({ text, textPair, origin }, encoder) => {
    const { rowOptions } = encoder;
    const first = encoder.ids('text', text, origin);
    if (textPair === undefined) {
      const row = gptTextRow(first, rowOptions);
      return { rows: [row], lost: first.length + 2 - row.ids.length };
    }
    const second = encoder.ids('textPair', textPair, origin);
    const row = gptPairRow(first, second, rowOptions);
    return { rows: [row], lost: first.length + second.length + 3 - row.ids.length };
  });
}

/**
 * Pairs of texts whose order does not matter, as GPT reads them: both ways round (Radford et al. 2018, figure 1), for
 * `Similarity` of @tenon/heads. Without labels, how similar they are is a number from 0 to 1.
 *
 * @throws {TenonError} when the labels do not suit the type of the problem.
 */
export function gptSimilarityProcessor(options: GPTTextOptions): GPTTextProcessor {
  return processor(options, ({ text, textPair, origin }, encoder) => {
    if (textPair === undefined) {
      throw new TenonError({
        subject: subjectOf(origin, 'textPair'),
        expected: 'a second text to compare the first with',
        got: 'none',
        advice: 'Give the example both texts, or leave it out.',
      });
    }
    const first = encoder.ids('text', text, origin);
    const second = encoder.ids('textPair', textPair, origin);
    const rows = gptSimilarityRows(first, second, encoder.rowOptions);
    return { rows, lost: first.length + second.length + 3 - rows[0].ids.length };
  });
}

function processor(
  options: GPTTextOptions,
  rowsOf: (example: TextExample, encoder: GPTRowEncoder) => { rows: readonly GPTRow[]; lost: number },
): GPTTextProcessor {
  const encoder = new GPTRowEncoder(options);
  const labels = new TextLabels(options);
  return {
    maxLength: encoder.rowOptions.maxLength,
    labels,
    truncated: encoder.truncated,
    features(example) {
      const label = labels.valueOf(example);
      const { rows, lost } = rowsOf(example, encoder);
      encoder.truncated.add(example, lost);
      const { origin } = example;
      return [{ rows, ...(label !== undefined && { label }), ...(origin && { origin }) }];
    },
    collate(features) {
      return { ...encoder.collate(features.flatMap(({ rows }) => rows)), labels: labels.tensor(features) };
    },
    length: ({ rows }) => rows[0]!.ids.length,
  };
}
