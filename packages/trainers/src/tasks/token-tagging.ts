import {
  type TaggedExample,
  type TokenTagBatch,
  type TokenTagFeature,
  type TokenTagOptions,
  type TokenTagProcessor,
  tokenTagProcessor,
} from '@tenon/data';
import type { FineTuningTask } from '../fine-tuning-task.ts';
import type { LogitsModel } from './logits-rows.ts';
import { type TagPrediction, tagTask } from './tag-task.ts';

export interface TokenTagging
  extends TokenTagProcessor,
    FineTuningTask<
      TaggedExample,
      TokenTagFeature,
      TokenTagBatch,
      LogitsModel<TokenTagBatch>,
      TagPrediction
    > {}

/**
 * Tags words from end to end: slots, named entities, parts of speech. For `TokenClassification` on BERT and its like.
 *
 * Its metrics are `precision`, `recall` and `f1` of whole entities, as conlleval counts them, and the words' `accuracy`;
 * `accuracy` alone where the tags are none of entities, as parts of speech are.
 *
 * @throws {TenonError} when there are no tags, or one is there twice.
 * @example
 * ```ts
 * import { bertTokenizer } from '@tenon/tokenizers';
 * import { tokenTagging } from '@tenon/trainers';
 *
 * const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'to', 'tai', '##pei'];
 * const tokenizer = bertTokenizer({ vocabulary: new Map(words.map((word, id) => [word, id])) });
 * const task = tokenTagging({ tokenizer, tags: ['O', 'B-dest'], maxLength: 32 });
 *
 * const examples = [{ words: ['to', 'Taipei'], tags: ['O', 'B-dest'] }];
 * console.log(task.metrics?.(examples, [{ tags: ['O', 'B-dest'] }])['f1']); // 1
 * console.log(task.describe?.(examples[0]!, { tags: ['O', 'O'] }).expected); // to Taipei[dest]
 * ```
 */
export function tokenTagging(options: TokenTagOptions): TokenTagging {
  return tagTask(tokenTagProcessor(options));
}
