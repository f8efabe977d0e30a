import type { Logits } from '@tenon/core';
import {
  type ChoiceBatch,
  type ChoiceExample,
  type ChoiceFeature,
  type ChoiceOptions,
  type ChoiceProcessor,
  choiceProcessor,
  type DataProcessor,
  type GPTChoiceBatch,
  type GPTChoiceFeature,
  type GPTChoiceOptions,
  type GPTChoiceProcessor,
  gptChoiceProcessor,
} from '@tenon/data';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { FineTuningTask } from '../fine-tuning-task.ts';
import { accuracy } from '../metrics/accuracy.ts';
import { type LogitsModel, readLogits, rowsOfLogits } from './logits-rows.ts';
import { highestOf, softmaxOf } from './probabilities.ts';

export interface ChoicePrediction {
  /** The index of the choice. */
  readonly choice: number;
  /** The probability of each choice. */
  readonly scores: readonly number[];
}

export interface Choosing
  extends ChoiceProcessor,
    FineTuningTask<ChoiceExample, ChoiceFeature, ChoiceBatch, LogitsModel<ChoiceBatch>, ChoicePrediction> {}

/** A model as `gptChoosing` knows it: with the scores of the choices, [B, K], alone or beside others. */
export interface ChoiceModel<Batch> {
  logits(batch: Batch): Tensor | ChoiceLogits;
}

type ChoiceLogits = { readonly choices: Tensor; readonly [name: string]: Tensor };

/**
 * Chooses one of several continuations or answers, from end to end. For `MultipleChoice` on BERT and its like. Its
 * metric is `accuracy`.
 *
 * @example
 * ```ts
 * import { bertTokenizer } from '@tenon/tokenizers';
 * import { choosing } from '@tenon/trainers';
 *
 * const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'it', 'rains', 'wet', 'dry'];
 * const tokenizer = bertTokenizer({ vocabulary: new Map(words.map((word, id) => [word, id])) });
 * const task = choosing({ tokenizer, choices: 2, maxLength: 16 });
 * const example = { text: 'it rains', choices: ['wet', 'dry'], label: 0 };
 * console.log(task.describe?.(example, { choice: 1, scores: [0.4, 0.6] }).predicted); // dry
 * ```
 */
export function choosing(options: ChoiceOptions): Choosing {
  return choiceTask(choiceProcessor(options));
}

export interface GPTChoosing
  extends GPTChoiceProcessor,
    FineTuningTask<
      ChoiceExample,
      GPTChoiceFeature,
      GPTChoiceBatch,
      ChoiceModel<GPTChoiceBatch>,
      ChoicePrediction
    > {}

/**
 * As `choosing`, by GPT's input transformations: for `MultipleChoice` or `DoubleHeads` on GPT and its like. The two learn
 * much the same: see `DoubleHeads` for which to take.
 */
export function gptChoosing(options: GPTChoiceOptions): GPTChoosing {
  return choiceTask(gptChoiceProcessor(options));
}

type ChoiceTask<Feature, Batch> = Omit<
  FineTuningTask<ChoiceExample, Feature, Batch, ChoiceModel<Batch>, ChoicePrediction>,
  keyof DataProcessor<ChoiceExample, Feature, Batch>
>;

const outputsFromLogits = (logits: Logits): Promise<unknown[]> =>
  rowsOfLogits('choices' in logits ? logits['choices'] : logits);

function choiceTask<Feature, Batch, Processor extends DataProcessor<ChoiceExample, Feature, Batch>>(
  processor: Processor & DataProcessor<ChoiceExample, Feature, Batch>,
): Processor & ChoiceTask<Feature, Batch> {
  return {
    ...processor,
    isLabelled: ({ label }) => label !== undefined,
    outputs: (model, batch) => readLogits(model, batch, outputsFromLogits),
    outputsFromLogits,
    predictions: (examples, _, outputs) =>
      examples.map((_, i) => {
        const logits = outputs[i]![0] as readonly number[];
        return { choice: highestOf(logits), scores: softmaxOf(logits) };
      }),
    metrics(examples, predictions) {
      const pairs = examples.flatMap(({ label }, i) =>
        label === undefined ? [] : [[label, predictions[i]!.choice] as const],
      );
      if (pairs.length === 0) return {};
      return {
        accuracy: accuracy(
          pairs.map(([label]) => label),
          pairs.map(([, choice]) => choice),
        ),
      };
    },
    describe: ({ text, choices, label }, { choice }) => ({
      input: text,
      ...(label !== undefined && { expected: choices[label]! }),
      predicted: choices[choice]!,
    }),
  };
}
