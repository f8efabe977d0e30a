// B batch, T time, K characters of a word, L labels.

import { TenonError } from '@tenon/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { DataProcessor, TextExample } from '../examples.ts';
import { assertNotEmpty, assertText } from './assert-text.ts';
import { type ELMoRow, type ELMoRowBatch, ELMoRowEncoder, type ELMoRowOptions } from './elmo-row-encoder.ts';
import type { Labelled } from './labelled.ts';
import { subjectOf } from './subject-of.ts';
import { type LabelValue, type TextLabelOptions, TextLabels } from './text-labels.ts';
import { TruncationCount } from './truncation-count.ts';

export interface ELMoTextOptions extends ELMoRowOptions, TextLabelOptions {
  /** The words of a text. @default runs of letters, digits and what joins them, and each other sign as a word of its own */
  readonly words?: (text: string) => readonly string[];
}

/** A text as ELMo reads it. */
export interface ELMoTextFeature extends ELMoRow, Labelled<LabelValue> {}

/** What `SequenceClassification` of @tenon/heads takes over ELMo. */
export interface ELMoTextBatch extends ELMoRowBatch {
  /** As in `BertTextBatch`: int32 [B], float32 [B, L] where several classes may hold, float32 [B] for a regression. */
  readonly labels: Tensor;
}

export interface ELMoTextProcessor extends DataProcessor<TextExample, ELMoTextFeature, ELMoTextBatch> {
  readonly labels: TextLabels;
  /** What was longer than `maxLength`. */
  readonly truncated: TruncationCount;
}

/**
 * Texts as ELMo reads them, with the label of the whole: words by their characters. It takes single texts, as ELMo has no
 * way to tell one text from another.
 *
 * @throws {TenonError} when the labels do not suit the type of the problem.
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { elmoTextProcessor } from '@tenon/data';
 *
 * const processor = elmoTextProcessor({ labels: ['negative', 'positive'] });
 * const features = processor.features({ text: "It isn't dull.", label: 'positive' }); // It isn't dull .
 * const { characterIds, attentionMask, labels } = processor.collate(features);
 * console.log(attentionMask.arraySync()); // [ [ 1, 1, 1, 1, 0, 0, 0, 0 ] ]
 * for (const tensor of [characterIds, attentionMask, labels]) tensor.dispose();
 * ```
 */
export function elmoTextProcessor(options: ELMoTextOptions): ELMoTextProcessor {
  const { words: wordsOf = wordsAndSigns } = options;
  const rows = new ELMoRowEncoder(options);
  const labels = new TextLabels(options);
  const truncated = new TruncationCount('word');
  return {
    labels,
    truncated,
    features(example) {
      const { text, textPair, origin } = example;
      if (textPair !== undefined) {
        throw new TenonError({
          subject: subjectOf(origin, 'textPair'),
          expected: 'a single text',
          got: 'a pair',
          advice: 'Write both into one text, or take a model for pairs, BERT for instance.',
        });
      }
      assertText('text', text, origin);
      const words = wordsOf(text);
      assertNotEmpty('text', text, words.length, origin);
      const label = labels.valueOf(example);
      const row = rows.encode(words);
      truncated.add(example, words.length - row.characterIds.length);
      return [{ ...row, ...(label !== undefined && { label }), ...(origin && { origin }) }];
    },
    collate: (features) => ({ ...rows.collate(features), labels: labels.tensor(features) }),
    length: ({ characterIds }) => characterIds.length,
  };
}

const wordsAndSigns = (text: string): readonly string[] =>
  text.match(/[\p{L}\p{M}\p{N}]+(?:['’\-_][\p{L}\p{M}\p{N}]+)*|[^\s\p{L}\p{M}\p{N}]/gu) ?? [];
