// B pairs, T time, C channels, L labels.

import {
  type Backbone,
  type Encoded,
  type EncodeOptions,
  formatShape,
  Module,
  type Objective,
  type ObjectiveValue,
  type Pooling,
  type StepContext,
  type TaskModel,
  TenonError,
} from '@tenon/core';
import { dropout, type Linear } from '@tenon/layers';
import {
  type Rank,
  reshape,
  sigmoid,
  softmax,
  sum,
  type Tensor,
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
import { DROPOUT, type DropoutHeadOptions, labelsOf, projection } from './head-options.ts';
import { sequenceLoss } from './label-loss.ts';
import { type ExtractInput, pool } from './pool.ts';
import { withLogits } from './with-logits.ts';

export interface SimilarityOptions extends DropoutHeadOptions, AuxiliaryLMOptions {
  /** One label: how similar two texts are, from 0 to 1. Several: classes, `['different', 'same']` for instance. @default one */
  readonly labels?: readonly string[] | number;
  /** Which vector stands for a sequence. @default the model's `headDefaults`, else `pooled` or `last` */
  readonly pooling?: Pooling;
}

/** The model's input [2B, T]: each pair one way round, then the other. `gptSimilarityRows` of @tenon/data makes the rows. */
export interface SimilarityBatch extends ExtractInput, AuxiliaryLMBatch {
  /** float32 [B], from 0 to 1; with several labels, the class: int32 [B]. */
  readonly labels: Tensor;
}

/**
 * Compares two texts, whichever comes first: what the model makes of the pair both ways round is added up before the
 * linear layer (Radford et al. 2018, section 3.3 and figure 1).
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { tensor1d } from '@tensorflow/tfjs-core';
 * import { gptBatch, gptSimilarityRows } from '@tenon/data';
 * import { Similarity } from '@tenon/heads';
 * import { gpt, gptBase } from '@tenon/models';
 *
 * using model = new Similarity(gpt({ ...gptBase, vocabularySize: 100, hiddenSize: 32, layers: 2, heads: 4 }));
 * const tokens = { start: 97, delimiter: 98, extract: 99 };
 * const { inputIds, attentionMask } = gptBatch(gptSimilarityRows([5, 17, 3], [8, 2], { tokens }));
 * console.log(model.probabilities({ inputIds, attentionMask }).dataSync()[0]); // near 0.5
 * const batch = { inputIds, attentionMask, labels: tensor1d([0.8]) };
 * console.log(model.loss(batch, { training: false }).loss.dataSync()[0]); // near 0.09
 * ```
 */
export class Similarity extends Module implements TaskModel, Objective<SimilarityBatch> {
  static readonly task: 'similarity' = 'similarity';
  readonly task: 'similarity' = Similarity.task;
  readonly backbone: Backbone;
  readonly classifier: Linear;
  readonly labels: readonly string[];
  readonly #pooling: Pooling | undefined;
  readonly #dropout: number;
  readonly #lm: AuxiliaryLM | undefined;

  /** @throws {TenonError} when a language model is to learn along and the backbone has no vocabulary scores. */
  constructor(backbone: Backbone, options: SimilarityOptions = {}) {
    super();
    this.#lm = auxiliaryLM('Similarity', backbone, options);
    this.backbone = backbone;
    this.labels = labelsOf('Similarity', options.labels ?? ['similarity']);
    this.classifier = projection(backbone, this.labels.length, options);
    this.#pooling = options.pooling;
    this.#dropout = options.dropout ?? backbone.headDefaults?.dropout ?? DROPOUT;
  }

  /** Scores [B, L]. @throws {TenonError} when the rows are no whole number of pairs. */
  logits(input: ExtractInput, options: EncodeOptions = {}): Tensor2D {
    return tidy(() => this.#logits(this.backbone.encode(input, options), input, options));
  }

  #logits(encoded: Encoded, input: ExtractInput, options: EncodeOptions): Tensor2D {
    const rows = pool(this.backbone, encoded, input, this.#pooling); // [2B, C]
    if (rows.shape[0] % 2 !== 0) {
      throw new TenonError({
        subject: 'similarity',
        expected: 'two rows for each pair, one for each order',
        got: `${formatShape(rows.shape)} pooled rows`,
        advice: 'Make them with gptSimilarityRows of @tenon/data.',
      });
    }
    const pairs = sum<Tensor2D>(reshape<Rank.R3>(rows, [-1, 2, rows.shape[1]]), 1); // [B, C]
    return this.classifier.forward(dropout(pairs, this.#dropout, options));
  }

  /**
   * The squared error of the similarity, or the cross entropy of the class; the mean over what counts. With
   * `lmCoefficient`, that and the language model's loss, with the parts `task` and `lm`.
   *
   * @throws {TenonError} about labels of another shape or beyond the classes.
   */
  loss(batch: SimilarityBatch, context: StepContext): ObjectiveValue {
    return tidy(() => {
      const encoded = this.backbone.encode(batch, context);
      const logits = this.#logits(encoded, batch, context);
      const task =
        this.labels.length === 1
          ? sequenceLoss(sigmoid(logits), batch.labels, 'regression')
          : sequenceLoss(logits, batch.labels, 'singleLabelClassification');
      return withLogits(withLanguageModel(this.#lm, task, encoded, batch), logits, context);
    });
  }

  /** How similar each pair is, [B, 1] from 0 to 1; with several labels, what each class is worth, [B, L]. */
  probabilities(input: ExtractInput, options: EncodeOptions = {}): Tensor2D {
    return tidy(() => {
      const logits = this.logits(input, options);
      return this.labels.length === 1 ? sigmoid(logits) : softmax(logits);
    });
  }
}
