import {
  type ELMoTagBatch,
  type ELMoTagFeature,
  type ELMoTagOptions,
  type ELMoTagProcessor,
  elmoTagProcessor,
  type TaggedExample,
} from '@tenon/data';
import type { FineTuningTask } from '../fine-tuning-task.ts';
import type { LogitsModel } from './logits-rows.ts';
import { type TagPrediction, tagTask } from './tag-task.ts';

export interface ELMoTagging
  extends ELMoTagProcessor,
    FineTuningTask<TaggedExample, ELMoTagFeature, ELMoTagBatch, LogitsModel<ELMoTagBatch>, TagPrediction> {}

/**
 * Tags words from end to end with ELMo, which reads them by their characters. For `TokenClassification` on ELMo or on its
 * `MixedLayers`; metrics as of `tokenTagging`.
 *
 * @throws {TenonError} when there are no tags, or one is there twice.
 * @example
 * ```ts
 * import { elmoTagging } from '@tenon/trainers';
 *
 * const task = elmoTagging({ tags: ['O', 'B-dest'] });
 * const [feature] = task.features({ words: ['to', 'Taipei'], tags: ['O', 'B-dest'] });
 * console.log(feature?.characterIds.length); // 2
 * ```
 */
export function elmoTagging(options: ELMoTagOptions): ELMoTagging {
  return tagTask(elmoTagProcessor(options));
}
