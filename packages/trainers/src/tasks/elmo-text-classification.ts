import {
  type ELMoTextBatch,
  type ELMoTextFeature,
  type ELMoTextOptions,
  type ELMoTextProcessor,
  elmoTextProcessor,
  type TextExample,
} from '@tenon/data';
import type { FineTuningTask } from '../fine-tuning-task.ts';
import type { LogitsModel } from './logits-rows.ts';
import { type TextPrediction, textTask } from './text-task.ts';

export interface ELMoTextClassification
  extends ELMoTextProcessor,
    FineTuningTask<TextExample, ELMoTextFeature, ELMoTextBatch, LogitsModel<ELMoTextBatch>, TextPrediction> {}

/**
 * Classifies texts from end to end with ELMo, which reads words by their characters. For `SequenceClassification` on ELMo
 * or on its `MixedLayers`; labels and metrics as of `textClassification`.
 *
 * @throws {TenonError} when the labels do not suit the type of the problem.
 * @example
 * ```ts
 * import { elmoTextClassification } from '@tenon/trainers';
 *
 * const task = elmoTextClassification({ labels: ['negative', 'positive'] });
 * const [feature] = task.features({ text: 'A fine film.', label: 'positive' });
 * console.log(feature?.characterIds.length); // 4
 * ```
 */
export function elmoTextClassification(options: ELMoTextOptions): ELMoTextClassification {
  return textTask(elmoTextProcessor(options));
}
