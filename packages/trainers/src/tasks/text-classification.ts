import {
  type BertTextBatch,
  type BertTextFeature,
  type BertTextOptions,
  type BertTextProcessor,
  bertTextProcessor,
  type TextExample,
} from '@tenon/data';
import type { FineTuningTask } from '../fine-tuning-task.ts';
import type { LogitsModel } from './logits-rows.ts';
import { type TextPrediction, textTask } from './text-task.ts';

export interface TextClassification
  extends BertTextProcessor,
    FineTuningTask<TextExample, BertTextFeature, BertTextBatch, LogitsModel<BertTextBatch>, TextPrediction> {}

/**
 * Classifies texts, or pairs of texts, from end to end: one class of several, any number of classes, or a number to
 * predict. For `SequenceClassification` on BERT and its like.
 *
 * Its metrics are `accuracy` and `f1` (of two classes: of the second; of more: macro), with `matthewsCorrelation` for two
 * classes; `accuracy`, `f1Micro` and `f1Macro` where several may hold; `pearson`, `spearmanr` and `mse` of a regression.
 *
 * @throws {TenonError} when the labels do not suit the type of the problem.
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { SequenceClassification } from '@tenon/heads';
 * import { bert, bertTiny } from '@tenon/models';
 * import { bertTokenizer } from '@tenon/tokenizers';
 * import { textClassification } from '@tenon/trainers';
 *
 * const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'a', 'fine', 'film'];
 * const tokenizer = bertTokenizer({ vocabulary: new Map(words.map((word, id) => [word, id])) });
 * const labels = ['negative', 'positive'];
 * const task = textClassification({ tokenizer, labels, maxLength: 16 });
 * using model = new SequenceClassification(bert({ ...bertTiny, vocabularySize: words.length }), { labels });
 *
 * const examples = [{ text: 'a fine film', label: 'positive' }];
 * const features = examples.map((example) => task.features(example));
 * const outputs = await task.outputs(model, task.collate(features.flat()));
 * const [prediction] = task.predictions(examples, features, outputs.map((output) => [output]));
 * console.log(prediction?.scores.length); // 2
 * ```
 */
export function textClassification(options: BertTextOptions): TextClassification {
  return textTask(bertTextProcessor(options));
}
