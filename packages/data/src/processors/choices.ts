// B questions, K choices, T time.

import { assertWhole, TenonError } from '@tenon/core';
import { type Tensor1D, tensor1d } from '@tensorflow/tfjs-core';
import type { ChoiceExample, DataProcessor } from '../examples.ts';
import { shownValue } from '../shown-value.ts';
import { IGNORED, type Labelled, labelsOr } from './labelled.ts';
import { type RowBatch, RowEncoder, type RowOptions, type TokenRow } from './row-encoder.ts';
import { subjectOf } from './subject-of.ts';
import type { TruncationCount } from './truncation-count.ts';

export interface ChoiceOptions extends RowOptions {
  /** K: how many choices every example has. */
  readonly choices: number;
}

/** A question with a row for each choice. */
export interface ChoiceFeature extends Labelled<number> {
  readonly rows: readonly TokenRow[];
}

/** What `MultipleChoice` of @tenon/heads takes: [B·K, T], the rows of a question one after another. */
export interface ChoiceBatch extends RowBatch {
  /** K */
  readonly choices: number;
  /** int32 [B], −100 without labels. */
  readonly labels: Tensor1D;
}

export interface ChoiceProcessor extends DataProcessor<ChoiceExample, ChoiceFeature, ChoiceBatch> {
  /** What was longer than `maxLength`, all choices of an example together. */
  readonly truncated: TruncationCount;
}

/**
 * Questions with several answers as BERT reads them: `[CLS] text [SEP] choice [SEP]` for each choice (Devlin et al. 2019,
 * section 4.4).
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { choiceProcessor } from '@tenon/data';
 * import { bertTokenizer } from '@tenon/tokenizers';
 *
 * const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'it', 'rains', 'wet', 'dry'];
 * const tokenizer = bertTokenizer({ vocabulary: new Map(words.map((word, id) => [word, id])) });
 * const processor = choiceProcessor({ tokenizer, choices: 2, maxLength: 6 });
 *
 * const features = processor.features({ text: 'it rains', choices: ['wet', 'dry'], label: 0 });
 * const { inputIds, attentionMask, tokenTypeIds, labels } = processor.collate(features);
 * console.log(inputIds.arraySync()); // [ [ 2, 4, 5, 3, 6, 3 ], [ 2, 4, 5, 3, 7, 3 ] ]
 * for (const tensor of [inputIds, attentionMask, tokenTypeIds, labels]) tensor.dispose();
 * ```
 */
export function choiceProcessor(options: ChoiceOptions): ChoiceProcessor {
  const { choices } = options;
  assertWhole('choices', choices, 2);
  const encoder = new RowEncoder(options);
  return {
    maxLength: options.maxLength,
    truncated: encoder.truncated,
    features(example) {
      assertChoices(example, choices);
      const { text, label, origin } = example;
      const rows = example.choices.map((choice) =>
        encoder.encode({ text, textPair: choice, fields: ['text', 'choice'], ...(origin && { origin }) }),
      );
      encoder.truncated.add(
        example,
        rows.reduce((sum, { lost }) => sum + lost, 0),
      );
      return [
        {
          rows: rows.map(({ inputIds, tokenTypeIds }) => ({ inputIds, tokenTypeIds })),
          ...(label !== undefined && { label }),
          ...(origin && { origin }),
        },
      ];
    },
    collate(features) {
      return {
        ...encoder.collate(features.flatMap(({ rows }) => rows)),
        choices,
        labels: tensor1d(labelsOr(IGNORED, features), 'int32'),
      };
    },
    length: ({ rows }) => Math.max(...rows.map(({ inputIds }) => inputIds.length)),
  };
}

/** @throws {TenonError} when there are more choices, or fewer, or the right one is none of them. */
export function assertChoices({ choices: given, label, origin }: ChoiceExample, choices: number): void {
  if (!Array.isArray(given) || given.length !== choices) {
    throw new TenonError({
      subject: subjectOf(origin, 'choices'),
      expected: `a list of ${choices}`,
      got: shownValue(given),
      advice: 'Give every example as many, or leave this one out.',
    });
  }
  if (label === undefined || (Number.isInteger(label) && label >= 0 && label < choices)) return;
  throw new TenonError({
    subject: subjectOf(origin, 'label'),
    expected: `the index of a choice, in [0, ${choices})`,
    got: String(label),
    advice: 'Count the choices from 0.',
  });
}
