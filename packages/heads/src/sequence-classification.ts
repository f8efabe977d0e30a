// B batch, C channels, L labels.

import {
  type Backbone,
  type Encoded,
  type EncodeOptions,
  Module,
  type Objective,
  type ObjectiveValue,
  type Pooling,
  type ProblemType,
  type StepContext,
  type TaskModel,
} from '@tenon/core';
import { dropout, type Linear } from '@tenon/layers';
import {
  cast,
  greater,
  sigmoid,
  softmax,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tidy,
} from '@tensorflow/tfjs-core';
import {
  type AuxiliaryLM,
  type AuxiliaryLMBatch,
  type AuxiliaryLMOptions,
  auxiliaryLM,
  withLanguageModel,
} from './auxiliary-lm.ts';
import { DROPOUT, type LabelledHeadOptions, labelsOf, projection } from './head-options.ts';
import { likeliest, problemTypeOf, sequenceLoss } from './label-loss.ts';
import { type ExtractInput, pool } from './pool.ts';
import { withLogits } from './with-logits.ts';

export interface SequenceClassificationOptions extends LabelledHeadOptions, AuxiliaryLMOptions {
  /** @default as Hugging Face infers it: one label = regression; else by the type of the batch's labels */
  readonly problemType?: ProblemType;
  /** Which vector stands for a sequence. @default the model's `headDefaults`, else `pooled` or `last` */
  readonly pooling?: Pooling;
  /** Whether the classifier adds a bias. @default that of the model's headDefaults, else true */
  readonly bias?: boolean;
}

export interface SequenceClassificationBatch extends ExtractInput, AuxiliaryLMBatch {
  /** One class of several: int32 [B]. Any number of classes: float32 [B, L] of 0 and 1. Regression: float32 [B] or [B, L]. */
  readonly labels: Tensor;
}

/**
 * Classifies whole sequences, or gives each a number: sentiment, entailment of a pair, similarity.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
 * import { SequenceClassification } from '@tenon/heads';
 * import { bert, bertTiny } from '@tenon/models';
 *
 * using model = new SequenceClassification(bert({ ...bertTiny, vocabularySize: 100, dropout: 0 }), {
 *   labels: ['negative', 'positive'],
 * });
 * const inputIds = tensor2d([[2, 57, 9, 3], [2, 8, 3, 0]], [2, 4], 'int32');
 * const attentionMask = tensor2d([[1, 1, 1, 1], [1, 1, 1, 0]], [2, 4], 'int32');
 * const labels = tensor1d([1, 0], 'int32');
 * console.log(model.loss({ inputIds, attentionMask, labels }, { training: false }).loss.dataSync()[0]); // near ln 2
 * console.log(model.probabilities({ inputIds, attentionMask }).shape); // [ 2, 2 ]
 * ```
 */
export class SequenceClassification
  extends Module
  implements TaskModel, Objective<SequenceClassificationBatch>
{
  static readonly task: 'sequenceClassification' = 'sequenceClassification';
  readonly task: 'sequenceClassification' = SequenceClassification.task;
  readonly backbone: Backbone;
  readonly classifier: Linear;
  readonly labels: readonly string[];
  readonly problemType?: ProblemType;
  readonly #pooling: Pooling | undefined;
  readonly #dropout: number;
  readonly #lm: AuxiliaryLM | undefined;

  /**
   * @throws {TenonError} when there are no labels, or when a language model is to learn along and the backbone has no
   *   vocabulary scores.
   */
  constructor(backbone: Backbone, options: SequenceClassificationOptions) {
    super();
    const { headDefaults } = backbone;
    this.#lm = auxiliaryLM('SequenceClassification', backbone, options);
    this.backbone = backbone;
    this.labels = labelsOf('SequenceClassification', options.labels);
    this.classifier = projection(
      backbone,
      this.labels.length,
      options,
      options.bias ?? headDefaults?.bias ?? true,
    );
    if (options.problemType !== undefined) this.problemType = options.problemType;
    this.#pooling = options.pooling;
    this.#dropout = options.dropout ?? headDefaults?.dropout ?? DROPOUT;
  }

  /** Scores of the classes, or the numbers of a regression, [B, L]. */
  logits(input: ExtractInput, options: EncodeOptions = {}): Tensor2D {
    return tidy(() => this.#logits(this.backbone.encode(input, options), input, options));
  }

  #logits(encoded: Encoded, input: ExtractInput, options: EncodeOptions): Tensor2D {
    const pooled = pool(this.backbone, encoded, input, this.#pooling); // [B, C]
    return this.classifier.forward(dropout(pooled, this.#dropout, options));
  }

  /**
   * Cross entropy, binary cross entropy or squared error, by the type of the problem; the mean over what counts. With
   * `lmCoefficient`, that and the language model's loss, with the parts `task` and `lm`.
   *
   * @throws {TenonError} about labels of another shape or beyond the classes.
   */
  loss(batch: SequenceClassificationBatch, context: StepContext): ObjectiveValue {
    const problemType = this.problemType ?? problemTypeOf(this.labels.length, batch.labels);
    return tidy(() => {
      const encoded = this.backbone.encode(batch, context);
      const logits = this.#logits(encoded, batch, context);
      const task = sequenceLoss(logits, batch.labels, problemType);
      return withLogits(withLanguageModel(this.#lm, task, encoded, batch), logits, context);
    });
  }

  /** What each class is worth, [B, L]: probabilities that add up to 1, or each by itself where any number may hold. */
  probabilities(input: ExtractInput, options: EncodeOptions = {}): Tensor2D {
    return tidy(() => {
      const logits = this.logits(input, options);
      return this.#problemType === 'multiLabelClassification' ? sigmoid(logits) : softmax(logits);
    });
  }

  /** The class of each sequence, int32 [B]; 0 or 1 for each class, int32 [B, L]; or the numbers of a regression, [B, L]. */
  predict(input: ExtractInput, options: EncodeOptions = {}): Tensor1D | Tensor2D {
    return tidy(() => {
      const logits = this.logits(input, options);
      switch (this.#problemType) {
        case 'singleLabelClassification':
          return likeliest<Tensor1D>(logits);
        case 'multiLabelClassification':
          return cast(greater<Tensor2D>(logits, 0), 'int32');
        case 'regression':
          return logits;
      }
    });
  }

  /** What the problem is where no labels say so. */
  get #problemType(): ProblemType {
    return this.problemType ?? problemTypeOf(this.labels.length, undefined);
  }
}
