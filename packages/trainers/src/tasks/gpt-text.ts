import {
  type GPTTextBatch,
  type GPTTextFeature,
  type GPTTextOptions,
  type GPTTextProcessor,
  gptSimilarityProcessor,
  gptTextProcessor,
  type TextExample,
} from '@tenon/data';
import type { FineTuningTask } from '../fine-tuning-task.ts';
import type { LogitsModel } from './logits-rows.ts';
import { sigmoidOf } from './probabilities.ts';
import { type TextPrediction, textTask } from './text-task.ts';

export interface GPTTextTask
  extends GPTTextProcessor,
    FineTuningTask<TextExample, GPTTextFeature, GPTTextBatch, LogitsModel<GPTTextBatch>, TextPrediction> {}

/**
 * Classifies texts, or premises with hypotheses, by GPT's input transformations. For `SequenceClassification` on GPT and
 * its like; metrics as in `textClassification`.
 *
 * @throws {TenonError} when the labels do not suit the type of the problem.
 * @example
 * ```ts
 * import { gptSpecialTokens } from '@tenon/data';
 * import { trainCharTokenizer } from '@tenon/tokenizers/training';
 * import { gptTextClassification } from '@tenon/trainers';
 *
 * const tokenizer = await trainCharTokenizer('abc');
 * const tokens = gptSpecialTokens(tokenizer);
 * const task = gptTextClassification({ tokenizer, tokens, labels: ['false', 'true'], maxLength: 64 });
 * const example = { text: 'ab', textPair: 'a', label: 'true' };
 * console.log(task.metrics?.([example], [{ label: 'true', scores: [0.1, 0.9] }])['accuracy']); // 1
 * ```
 */
export function gptTextClassification(options: GPTTextOptions): GPTTextTask {
  return textTask(gptTextProcessor(options));
}

/**
 * How similar two texts are, whichever comes first, by GPT's input transformations. For `Similarity`; metrics as in
 * `textClassification`. Without labels, a similarity is a number from 0 to 1.
 *
 * @throws {TenonError} when the labels do not suit the type of the problem.
 */
export function gptTextSimilarity(options: GPTTextOptions): GPTTextTask {
  // The head's loss is of the sigmoid of its score.
  return textTask(gptSimilarityProcessor(options), (score) => sigmoidOf([score])[0]!);
}
