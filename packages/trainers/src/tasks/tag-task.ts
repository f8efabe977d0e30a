// What words are tagged with, whichever model reads them.

import type { Logits } from '@tenon/core';
import { type DataProcessor, type TaggedExample, type TokenTagFeature, wordTags } from '@tenon/data';
import type { FineTuningTask } from '../fine-tuning-task.ts';
import { accuracy } from '../metrics/accuracy.ts';
import { slotF1 } from '../metrics/slot-f1.ts';
import { type LogitsModel, readLogits, rowsOfLogits } from './logits-rows.ts';
import { highestOf } from './probabilities.ts';

export interface TagPrediction {
  /** One for each word; `'O'` for a word that the model did not see. */
  readonly tags: readonly string[];
}

/** A tag that says where in an entity a word is. */
const ENTITY_TAG = /^(O|[BIES]-.+)$/;

/** What a task on words is beside its processor. */
type TagTask<Feature, Batch> = Omit<
  FineTuningTask<TaggedExample, Feature, Batch, LogitsModel<Batch>, TagPrediction>,
  keyof DataProcessor<TaggedExample, Feature, Batch>
>;

/** A processor of words with tags as a task. */
export function tagTask<
  Feature extends Pick<TokenTagFeature, 'firstTokens'>,
  Batch,
  Processor extends DataProcessor<TaggedExample, Feature, Batch>,
>(
  processor: Processor & DataProcessor<TaggedExample, Feature, Batch> & { readonly tags: readonly string[] },
): Processor & TagTask<Feature, Batch> {
  const { tags } = processor;
  const outputsFromLogits = async (logits: Logits): Promise<number[][]> => {
    const rows = (await rowsOfLogits(logits, tags.length)) as number[][][]; // [B][T][L]
    return rows.map((row) => row.map(highestOf));
  };
  return {
    ...processor,
    isLabelled: (example) => example.tags !== undefined,
    modelLabels: tags,
    outputs: (model, batch) => readLogits(model, batch, outputsFromLogits),
    outputsFromLogits,
    predictions: (examples, features, outputs) =>
      examples.map((_, i) => ({
        tags: wordTags(features[i]![0]!, outputs[i]![0] as readonly number[], tags),
      })),
    metrics(examples, predictions) {
      const pairs = examples.flatMap((example, i) =>
        example.tags ? [[example.tags, predictions[i]!.tags] as const] : [],
      );
      if (pairs.length === 0) return {};
      const [labels, predicted] = [pairs.map(([label]) => label), pairs.map(([, made]) => made)];
      const ofWords = { accuracy: accuracy(labels.flat(), predicted.flat()) };
      if (!tags.every((tag) => ENTITY_TAG.test(tag))) return ofWords;
      const { precision, recall, f1 } = slotF1(labels, predicted);
      return { precision, recall, f1, ...ofWords };
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
