import {
  type TaggedExample,
  type TokenTagBatch,
  type TokenTagFeature,
  type TokenTagOptions,
  type TokenTagProcessor,
  tokenTagProcessor,
  wordTags,
} from '@tenon/data';
import type { FineTuningTask } from '../fine-tuning-task.ts';
import { accuracy } from '../metrics/accuracy.ts';
import { slotF1 } from '../metrics/slot-f1.ts';
import { type LogitsModel, rowsOfLogits } from './logits-rows.ts';
import { highestOf } from './probabilities.ts';

export interface TagPrediction {
  /** One for each word; `'O'` for a word that the model did not see. */
  readonly tags: readonly string[];
}

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
 * Its metrics are `precision`, `recall` and `f1` of whole entities, as conlleval counts them, and the words' `accuracy`.
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
  const processor = tokenTagProcessor(options);
  const { tags } = processor;
  return {
    ...processor,
    async outputs(model, batch) {
      const rows = (await rowsOfLogits(model, batch)) as number[][][]; // [B][T][L]
      return rows.map((row) => row.map(highestOf));
    },
    predictions: (examples, features, outputs) =>
      examples.map((_, i) => ({
        tags: wordTags(features[i]![0]!, outputs[i]![0] as readonly number[], tags),
      })),
    metrics(examples, predictions) {
      const pairs = examples.flatMap(({ tags }, i) => (tags ? [[tags, predictions[i]!.tags] as const] : []));
      if (pairs.length === 0) return {};
      const [labels, predicted] = [pairs.map(([label]) => label), pairs.map(([, tags]) => tags)];
      const { precision, recall, f1 } = slotF1(labels, predicted);
      return { precision, recall, f1, accuracy: accuracy(labels.flat(), predicted.flat()) };
    },
    describe: ({ words, tags }, prediction) => ({
      input: words.join(' '),
      ...(tags && { expected: taggedText(words, tags) }),
      predicted: taggedText(words, prediction.tags),
    }),
  };
}

/** `to Taipei[dest] on November[time] 2nd[time]` */
function taggedText(words: readonly string[], tags: readonly string[]): string {
  return words
    .map((word, i) => {
      const tag = tags[i]!.replace(/^[BIES]-/, '');
      return tag === 'O' ? word : `${word}[${tag}]`;
    })
    .join(' ');
}
