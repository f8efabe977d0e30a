// B batch, T time, C channels, V vocabulary.

import {
  type Backbone,
  type EncodeOptions,
  type ModelInput,
  Module,
  type Objective,
  type ObjectiveValue,
  type StepContext,
  type TaskModel,
} from '@tenon/core';
import { type Tensor2D, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import type { HeadOptions } from './head-options.ts';
import { likeliest } from './label-loss.ts';
import { type MaskedLMBatch, maskedLoss } from './masked-lm-batch.ts';
import { MaskedPredictions } from './masked-predictions.ts';

/**
 * Predicts the words under the masks from both sides of the text (Devlin et al. 2019).
 *
 * The scores are tied to the model's own token embeddings. Training never has those of a whole batch in memory.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { tensor2d } from '@tensorflow/tfjs-core';
 * import { MaskedLM } from '@tenon/heads';
 * import { bert, bertTiny } from '@tenon/models';
 *
 * using model = new MaskedLM(bert({ ...bertTiny, vocabularySize: 100, pooler: false }));
 * const inputIds = tensor2d([[2, 4, 9, 3]], [1, 4], 'int32'); // 4 is [MASK]
 * const labels = tensor2d([[-100, 57, -100, -100]], [1, 4], 'int32');
 * console.log(model.loss({ inputIds, labels }, { training: false }).loss.dataSync()[0]); // near ln 100
 * console.log(model.logits({ inputIds }).shape); // [ 1, 4, 100 ]
 * ```
 */
export class MaskedLM extends Module implements TaskModel, Objective<MaskedLMBatch> {
  static readonly task: 'maskedLM' = 'maskedLM';
  readonly task: 'maskedLM' = MaskedLM.task;
  readonly backbone: Backbone;
  readonly predictions: MaskedPredictions;

  /** @throws {TenonError} when the backbone has no token embeddings. */
  constructor(backbone: Backbone, options: HeadOptions = {}) {
    super();
    this.backbone = backbone;
    this.predictions = new MaskedPredictions('MaskedLM', backbone, options);
  }

  /** Scores of the vocabulary at each token, [B, T, V]. */
  logits(input: ModelInput, options: EncodeOptions = {}): Tensor3D {
    return tidy(() => this.predictions.logits(this.backbone.encode(input, options).lastHidden));
  }

  /**
   * The mean of −log p over the words to predict; 0 where there are none.
   *
   * @throws {TenonError} when the batch has not exactly one way of saying what to predict, or in another shape.
   */
  loss(batch: MaskedLMBatch, context: StepContext): ObjectiveValue {
    const loss = tidy(() => {
      const { lastHidden } = this.backbone.encode(batch, context);
      return maskedLoss(this.predictions, lastHidden, batch);
    });
    return { loss };
  }

  /** The likeliest word at each token, int32 [B, T]. */
  predict(input: ModelInput, options: EncodeOptions = {}): Tensor2D {
    return tidy(() => likeliest<Tensor2D>(this.logits(input, options)));
  }
}
