// B questions, K choices, T time.

import { assertWhole } from '@tenon/core';
import { type Tensor1D, tensor1d } from '@tensorflow/tfjs-core';
import type { ChoiceExample, DataProcessor } from '../examples.ts';
import type { GPTBatch } from '../gpt-batch.ts';
import { type GPTRow, gptChoiceRows } from '../gpt-rows.ts';
import { assertChoices } from './choices.ts';
import { type GPTProcessorOptions, GPTRowEncoder } from './gpt-row-encoder.ts';
import { IGNORED, type Labelled, labelsOr } from './labelled.ts';
import type { TruncationCount } from './truncation-count.ts';

export interface GPTChoiceOptions extends GPTProcessorOptions {
  /** K: how many choices every example has. */
  readonly choices: number;
}

/** A question with a sequence for each choice. */
export interface GPTChoiceFeature extends Labelled<number> {
  readonly rows: readonly GPTRow[];
}

/** What `MultipleChoice` and `DoubleHeads` of @tenon/heads take: [B·K, T], the rows of a question one after another. */
export interface GPTChoiceBatch extends GPTBatch {
  /** K */
  readonly choices: number;
  /** int32 [B], −100 without labels. */
  readonly labels: Tensor1D;
}

export interface GPTChoiceProcessor extends DataProcessor<ChoiceExample, GPTChoiceFeature, GPTChoiceBatch> {
  /** What was longer than `maxLength`, all choices of an example together. */
  readonly truncated: TruncationCount;
}

/**
 * Questions with several answers as GPT reads them: start, text, delimiter, choice, extract for each choice (Radford et
 * al. 2018, figure 1). For question answering the text is the document with the question after it.
 */
export function gptChoiceProcessor(options: GPTChoiceOptions): GPTChoiceProcessor {
  const { choices } = options;
  assertWhole('choices', choices, 2);
  const encoder = new GPTRowEncoder(options);
  return {
    maxLength: encoder.rowOptions.maxLength,
    truncated: encoder.truncated,
    features(example) {
      assertChoices(example, choices);
      const { text, label, origin } = example;
      const context = encoder.ids('text', text, origin);
      const answers = example.choices.map((choice) => encoder.ids('choice', choice, origin));
      const rows = gptChoiceRows(context, answers, encoder.rowOptions);
      const lost = rows.map(({ ids }, i) => context.length + answers[i]!.length + 3 - ids.length);
      encoder.truncated.add(
        example,
        lost.reduce((sum, tokens) => sum + tokens),
      );
      return [{ rows, ...(label !== undefined && { label }), ...(origin && { origin }) }];
    },
    collate(features) {
      return {
        ...encoder.collate(features.flatMap(({ rows }) => rows)),
        choices,
        labels: tensor1d(labelsOr(IGNORED, features), 'int32'),
      };
    },
    length: ({ rows }) => Math.max(...rows.map(({ ids }) => ids.length)),
  };
}
